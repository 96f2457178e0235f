import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { ByteReader, ByteWriter, isFlowSyncError, type ReplicaId, type SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { readOps, writeOps } from '../op-list.js'
import { sizeOfOp } from '../op-size.js'

const ROW_OPS = 256
const ROW_BYTES = 64 * 1024

/** A row of the log: ops of one stream with contiguous seqs from `first`, as `writeOps` wrote them. */
export interface LogRow {
  readonly first: number
  readonly ops: Uint8Array
}

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

  /** Rows are kept short, so that reading one op of them is cheap. */
  append(stream: number, ops: readonly SequencedOp[], numberOf: (replica: ReplicaId) => number): void {
    let start = 0
    let bytes = 0
    for (let end = 0; end < ops.length; end++) {
      const op = ops[end]
      bytes += op ? sizeOfOp(op) : 0
      if (end + 1 < ops.length && end + 1 - start < ROW_OPS && bytes < ROW_BYTES) continue
      this.insertRow(stream, ops.slice(start, end + 1), numberOf)
      start = end + 1
      bytes = 0
    }
  }

  private insertRow(
    stream: number,
    ops: readonly SequencedOp[],
    numberOf: (replica: ReplicaId) => number,
  ): void {
    const first = ops[0]?.seq ?? 0
    const writer = new ByteWriter(64 + 16 * ops.length)
    writeOps(writer, ops, first - 1, numberOf)
    this.insert.run(stream, first, writer.view())
  }

  /** The row that holds `seq`, and those after it. */
  *rowsFrom(stream: number, seq: number): Generator<LogRow> {
    for (const row of this.selectFrom.iterate(stream, seq)) yield row as unknown as LogRow
  }

  /** Seq of the stream's last op, 0 when there is none. */
  headSeq(stream: number): number {
    const row = this.selectLast.get(stream) as unknown as LogRow | undefined
    return row ? row.first - 1 + new ByteReader(row.ops).varint() : 0
  }
}

/**
 * The ops of a row, with their seqs.
 * @throws FlowSyncError `storage/corrupt`
 */
export function opsOfRow(row: LogRow, replicaOf: (number: number) => ReplicaId): SequencedOp[] {
  try {
    return readOps(new ByteReader(row.ops), row.first - 1, replicaOf).map((op, index) => {
      const { replica, counter, count, base, extra, body } = op
      return { replica, counter, count, base, extra, body, seq: row.first + index }
    })
  } catch (cause) {
    if (isFlowSyncError(cause) && cause.code !== 'codec/malformed') throw cause
    throw createError('storage/corrupt', 'A row of the log cannot be read.', { cause })
  }
}
