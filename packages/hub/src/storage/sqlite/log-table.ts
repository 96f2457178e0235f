import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { lastSeqOf, type LogRow, rowsOf } from '../log-rows.js'

/** The ops of all streams, in rows that hold what one commit brought to a stream. */
export class LogTable {
  private readonly insert: StatementSync
  private readonly selectFrom: StatementSync
  private readonly selectLast: StatementSync

  constructor(db: DatabaseSync) {
    this.insert = db.prepare('INSERT INTO log (stream, first, ops) VALUES (?, ?, ?)')
    this.selectFrom = db.prepare(
      `SELECT first, ops FROM log
       WHERE stream = ?1 AND first >= coalesce(
         (SELECT first FROM log WHERE stream = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1), 0)
       ORDER BY first`,
    )
    this.selectLast = db.prepare('SELECT first, ops FROM log WHERE stream = ? ORDER BY first DESC LIMIT 1')
  }

  append(stream: number, ops: readonly SequencedOp[], numberOf: (replica: ReplicaId) => number): void {
    for (const { first, ops: bytes } of rowsOf(ops, numberOf)) this.insert.run(stream, first, bytes)
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
}
