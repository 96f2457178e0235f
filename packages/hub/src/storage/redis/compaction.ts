import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { StreamHead, StreamKey } from '../driver.js'
import { encodeSegment, SEGMENT_BYTES, segmentLength } from '../segment.js'
import { listSnapshots } from './read-scripts.js'
import { asBuffer, headOf, type HeadReply } from './replies.js'
import type { StoreParts } from './store-parts.js'
import { raiseFloor } from './stream-scripts.js'

/** See `LogDriver.compact`: encodes here what the script then puts in the place of rows, if the floor is where it was. */
export async function compactOnce(
  { link, keys, replicas, reader }: StoreParts,
  key: StreamKey,
  epoch: string,
  throughSeq: number,
): Promise<StreamHead | undefined> {
  const { head, log, segments, snapshots } = keys.stream(key)
  const found = (await link.run(listSnapshots, [head, snapshots], [])) as [HeadReply, Buffer[]] | null
  if (!found) return undefined
  const stream = headOf(key, found[0])
  const newest = Math.max(0, ...found[1].map(Number))
  const lastSeq = Math.min(throughSeq, newest, stream.headSeq)
  if (stream.epoch !== epoch || lastSeq <= stream.floorSeq) return stream
  const slice = await reader.read({
    ...key,
    afterSeq: stream.floorSeq,
    throughSeq: lastSeq,
    limitBytes: SEGMENT_BYTES,
  })
  if (slice?.epoch !== epoch || slice.floorSeq !== stream.floorSeq) return stream
  const ops = slice.ops.slice(0, segmentLength(slice.ops))
  const bindings = await replicas.find(key.workspace, replicasIn(ops))
  const segment = encodeSegment(ops, (replica) => bindings.get(replica)?.number ?? unknownReplica(replica))
  const reply = (await link.run(
    raiseFloor,
    [head, log, segments],
    [epoch, String(stream.floorSeq), String(segment.last), `${segment.first}-0`, asBuffer(segment.bytes)],
  )) as HeadReply | null
  return reply ? headOf(key, reply) : undefined
}

/** All replicas that the ops name. */
export function replicasIn(ops: readonly SequencedOp[]): ReplicaId[] {
  return [...new Set(ops.flatMap((op) => [op.replica, ...op.extra.map(({ replica }) => replica)]))]
}

function unknownReplica(replica: ReplicaId): never {
  throw createError('storage/corrupt', `The log names replica ${replica}, which does not exist.`)
}
