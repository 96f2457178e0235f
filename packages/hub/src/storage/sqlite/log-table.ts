import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { lastSeqOf, type LogRow, rowsOf } from '../log-rows.js'
import type { StoreTable } from './store-table.js'

/** The ops of all streams above their floors, in rows that hold what one commit brought to a stream. */
export class LogTable {
  private readonly insert: StatementSync
  private readonly selectFrom: StatementSync
  private readonly selectLast: StatementSync
  private readonly selectPosition: StatementSync
  private readonly removeBelow: StatementSync
  private readonly updateRow: StatementSync
  private readonly store: StoreTable
  private position: number | undefined

  constructor(db: DatabaseSync, store: StoreTable) {
    this.store = store
    this.insert = db.prepare('INSERT INTO log (position, stream, first, ops) VALUES (?, ?, ?, ?)')
    this.selectFrom = db.prepare(
      `SELECT first, ops FROM log
       WHERE stream = ?1 AND first >= coalesce(
         (SELECT first FROM log WHERE stream = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1), 0)
       ORDER BY first`,
    )
    this.selectLast = db.prepare('SELECT first, ops FROM log WHERE stream = ? ORDER BY first DESC LIMIT 1')
    this.selectPosition = db.prepare('SELECT max(position) AS position FROM log')
    this.removeBelow = db.prepare('DELETE FROM log WHERE stream = ? AND first < ?')
    this.updateRow = db.prepare('UPDATE log SET first = ?, ops = ? WHERE stream = ? AND first = ?')
  }

  /** Position of the last row that was ever written; rises with every append. */
  get lastPosition(): number {
    if (this.position === undefined) {
      const { position } = this.selectPosition.get() as { position: number | null }
      this.position = Math.max(position ?? 0, this.store.position())
    }
    return this.position
  }

  /** Finds out again where the log ends, after a transaction that was rolled back. */
  forgetPosition(): void {
    this.position = undefined
  }

  append(stream: number, ops: readonly SequencedOp[], numberOf: (replica: ReplicaId) => number): void {
    for (const { first, ops: bytes } of rowsOf(ops, numberOf)) {
      this.position = this.lastPosition + 1
      this.insert.run(this.position, stream, first, bytes)
    }
  }

  /** The row that holds `seq`, and those after it. */
  *rowsFrom(stream: number, seq: number): Generator<LogRow> {
    for (const row of this.selectFrom.iterate(stream, seq)) yield row as unknown as LogRow
  }

  /** Seq of the stream's last op, 0 when there is none. */
  headSeq(stream: number): number {
    const row = this.selectLast.get(stream) as unknown as LogRow | undefined
    return row ? lastSeqOf(row) : 0
  }

  /** Deletes the rows that begin below `seq`. Positions go on as if they were there. */
  deleteBelow(stream: number, seq: number): void {
    this.removeBelow.run(stream, seq)
    this.store.setPosition(this.lastPosition)
  }

  /** Replaces the row that begins at `first` by its end. */
  shorten(stream: number, first: number, rest: LogRow): void {
    this.updateRow.run(rest.first, rest.ops, stream, first)
  }
}
