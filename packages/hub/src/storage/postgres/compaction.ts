import type { SequencedOp } from '@flowsync/crdt'
import type { StreamHead, StreamKey } from '../driver.js'
import { sizeOfOp } from '../op-size.js'
import { SEGMENT_BYTES, SEGMENT_OPS, segmentLength } from '../segment.js'
import { insertRows, insertSegment, numberOf, opsOf, placeholder, readRanges } from './log-table.js'
import type { Session, Statement } from './session.js'
import { findStreams, headOf, lockStream, type StreamRow } from './stream-table.js'

const NEWEST: Statement = {
  name: 'newest_snapshot_seq',
  text: 'SELECT coalesce(max(seq), 0)::bigint AS seq FROM snapshot WHERE stream = $1',
}
const REMOVE: Statement = {
  name: 'remove_rows',
  text: 'DELETE FROM log WHERE stream = $1 AND first <= $2',
}
const RAISE: Statement = { name: 'raise_floor', text: 'UPDATE stream SET floor_seq = $2 WHERE id = $1' }

/** Read at once: ops of any size are to fit into memory. */
const STEP_OPS = 512

/**
 * Moves one segment. Its ops are read before the stream is locked: rows never change, so all that may have
 * happened meanwhile is that another hub did the same, or that the log was truncated.
 */
export async function compactStream(
  session: Session,
  key: StreamKey,
  epoch: string,
  throughSeq: number,
): Promise<StreamHead | undefined> {
  const [found] = await findStreams(session, [key])
  if (found?.epoch !== epoch) return found && headOf(found)
  const above = await opsAboveFloor(session, found, throughSeq)
  const ops = above.slice(0, segmentLength(above))
  const last = ops.at(-1)
  if (!last) return headOf(found)
  return session.transact(async () => {
    const locked = await lockStream(session, key)
    if (locked?.epoch !== epoch || locked.floorSeq !== found.floorSeq) return locked && headOf(locked)
    const [row] =
      (await readRanges(session, [{ stream: found.number, low: last.seq, high: last.seq }]))[0] ?? []
    const rest = row ? opsOf(row, placeholder).filter(({ seq }) => seq > last.seq) : []
    await Promise.all([
      session.query(REMOVE, [found.number, last.seq]),
      insertRows(session, found.number, rest, numberOf),
      insertSegment(session, found.number, ops, numberOf),
      session.query(RAISE, [found.number, last.seq]),
    ])
    return headOf({ ...locked, floorSeq: last.seq })
  })
}

/** What the next segment is to hold. Replicas are placeholders: they are written again by their numbers. */
async function opsAboveFloor(
  session: Session,
  { number, floorSeq, headSeq }: StreamRow,
  throughSeq: number,
): Promise<SequencedOp[]> {
  const [newest] = await session.query<{ seq: number }>(NEWEST, [number])
  const high = Math.min(throughSeq, newest?.seq ?? 0, headSeq, floorSeq + SEGMENT_OPS)
  if (high <= floorSeq) return []
  const ops: SequencedOp[] = []
  let bytes = 0
  for (let low = floorSeq + 1; low <= high && bytes < SEGMENT_BYTES; low += STEP_OPS) {
    const range = { stream: number, low, high: Math.min(high, low + STEP_OPS - 1) }
    for (const op of ((await readRanges(session, [range]))[0] ?? []).flatMap((row) =>
      opsOf(row, placeholder),
    )) {
      if (op.seq < low || op.seq > range.high) continue
      ops.push(op)
      bytes += sizeOfOp(op)
    }
  }
  return ops
}
