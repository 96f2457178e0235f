import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { CachedStream, ReplicaPlace } from '../cached-stream.js'
import type { StreamRestore } from '../driver.js'
import { noteOp } from '../marks.js'
import { sizeOfOp } from '../op-size.js'
import { encodeSegment, segmentLength } from '../segment.js'
import type { LogTables } from './log-tables.js'

/** Creates a stream as it was exported, inside a transaction: with its epoch, its replicas and what they had truncated. */
export function restoreStream(tables: LogTables, { head, replicas }: StreamRestore): void {
  // The floor rises with the parts: it is never above the head.
  tables.streams.createAs({ ...head, floorSeq: head.truncatedSeq })
  const number = tables.streams.find(head)?.number ?? 0
  for (const { replica, subject, truncatedCounter } of replicas) {
    const replicaNumber = tables.replicas.bind(head.workspace, replica, subject)
    if (truncatedCounter > 1) tables.keptCounters.put(number, replicaNumber, truncatedCounter)
  }
}

/** Stores ops behind those that are stored, inside a transaction: up to the floor in segments, above it in rows. */
export function restoreOps(tables: LogTables, stream: CachedStream, { head, ops }: StreamRestore): void {
  const numberOf = (replica: ReplicaId): number => tables.replicas.numberOf(stream.workspace, replica)
  const places = new Map<ReplicaId, ReplicaPlace>()
  for (const op of ops) {
    const place = places.get(op.replica) ?? placeOf(stream, op, numberOf)
    places.set(op.replica, place)
    if (noteOp(place, op)) tables.marks.put(stream.number, place.number, op)
  }
  const above = ops.findIndex(({ seq }) => seq > head.floorSeq)
  const floored = above < 0 ? ops.length : above
  for (let start = 0; start < floored;) {
    const part = ops.slice(start, start + segmentLength(ops.slice(start, floored)))
    const size = part.reduce((sum, op) => sum + sizeOfOp(op), 0)
    tables.segments.put(stream.number, { ...encodeSegment(part, numberOf), size })
    start += part.length
    tables.streams.setFloor(stream.number, part.at(-1)?.seq ?? stream.floorSeq)
  }
  tables.log.append(stream.number, ops.slice(floored), numberOf)
}

/** A copy: the transaction may fail. */
function placeOf(
  stream: CachedStream,
  { replica, counter }: SequencedOp,
  numberOf: (replica: ReplicaId) => number,
): ReplicaPlace {
  const place = stream.placeOf(replica)
  return place
    ? { ...place }
    : { number: numberOf(replica), nextCounter: counter, markSeq: 0, opsSinceMark: 0 }
}
