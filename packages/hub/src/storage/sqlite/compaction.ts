import type { SequencedOp } from '@flowsync/crdt'
import type { CachedStream } from '../cached-stream.js'
import { lastSeqOf, rowsOf } from '../log-rows.js'
import { sizeOfOp } from '../op-size.js'
import { encodeSegment, SEGMENT_BYTES, SEGMENT_OPS } from '../segment.js'
import type { LogTables } from './log-tables.js'
import type { StoredHistory } from './stored-history.js'

/**
 * Moves the oldest ops above the floor into one segment, inside a transaction.
 * @returns the new floor; the old one when there is nothing to move
 */
export function compactOnce(
  tables: LogTables,
  history: StoredHistory,
  stream: CachedStream,
  throughSeq: number,
): number {
  const { number, floorSeq } = stream
  const lastSeq = Math.min(throughSeq, tables.snapshots.newestSeq(number) ?? 0, stream.headSeq)
  if (lastSeq <= floorSeq) return floorSeq
  const ops: SequencedOp[] = []
  let size = 0
  for (const op of history.ops({ stream: number, floorSeq, fromSeq: floorSeq + 1, throughSeq: lastSeq })) {
    ops.push(op)
    size += sizeOfOp(op)
    if (ops.length >= SEGMENT_OPS || size >= SEGMENT_BYTES) break
  }
  const segment = encodeSegment(ops, (replica) => tables.replicas.numberOf(stream.workspace, replica))
  removeRows(tables, history, stream, segment.last)
  tables.segments.put(number, { ...segment, size })
  tables.streams.setFloor(number, segment.last)
  return segment.last
}

/** Deletes the rows up to `lastSeq`; of one that goes on behind it the end stays. */
function removeRows(tables: LogTables, history: StoredHistory, stream: CachedStream, lastSeq: number): void {
  const { number, floorSeq } = stream
  const [row] = tables.log.rowsFrom(number, lastSeq)
  const rowEnd = row ? lastSeqOf(row) : lastSeq
  const rest = history.ops({ stream: number, floorSeq, fromSeq: lastSeq + 1, throughSeq: rowEnd })
  const numberOf = (replica: SequencedOp['replica']): number =>
    tables.replicas.numberOf(stream.workspace, replica)
  // What is left of a row is one row.
  const [shorter] = rowsOf([...rest], numberOf)
  if (row && shorter) tables.log.shorten(number, row.first, shorter)
  tables.log.deleteBelow(number, lastSeq + 1)
}
