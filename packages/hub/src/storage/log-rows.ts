import { ByteReader, ByteWriter, isFlowSyncError, type ReplicaId, type SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { readOps, writeOps } from './op-list.js'
import { sizeOfOp } from './op-size.js'

/** A row of the log: ops of one stream with contiguous seqs from `first`, as `writeOps` wrote them. */
export interface LogRow {
  readonly first: number
  readonly ops: Uint8Array
}

const ROW_OPS = 256
const ROW_BYTES = 64 * 1024

/**
 * What one commit brings to a stream, or a restore of many of them, as rows of the log. They are short, so that reading one
 * op of them is cheap, and no op of a row was made on another op of it: bases are written as distances from its beginning.
 */
export function rowsOf(ops: readonly SequencedOp[], numberOf: (replica: ReplicaId) => number): LogRow[] {
  const rows: LogRow[] = []
  let start = 0
  let bytes = 0
  for (let end = 0; end < ops.length; end++) {
    const op = ops[end]
    bytes += op ? sizeOfOp(op) : 0
    const next = ops[end + 1]
    const fits = next !== undefined && next.base < (ops[start]?.seq ?? 0)
    if (fits && end + 1 - start < ROW_OPS && bytes < ROW_BYTES) continue
    rows.push(rowOf(ops.slice(start, end + 1), numberOf))
    start = end + 1
    bytes = 0
  }
  return rows
}

function rowOf(ops: readonly SequencedOp[], numberOf: (replica: ReplicaId) => number): LogRow {
  const first = ops[0]?.seq ?? 0
  const writer = new ByteWriter(64 + 16 * ops.length)
  writeOps(writer, ops, first - 1, numberOf)
  return { first, ops: writer.view() }
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

/** Seq of the row's last op. */
export function lastSeqOf({ first, ops }: LogRow): number {
  return first - 1 + new ByteReader(ops).varint()
}
