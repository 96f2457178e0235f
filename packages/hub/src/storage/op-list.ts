import type { ByteReader, ByteWriter, Op, OpId, ReplicaId } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

const CONTINUES = 1
const HAS_EXTRA = 2
const TAG_SHIFT = 4

/**
 * Writes ops in the form the log stores them in: replicas by number, a counter only where it does not
 * continue the replica's previous op in the list, the base as its distance from `anchor`.
 *
 * @param anchor at least every op's base
 * @param numberOf the number that stands for a replica
 */
export function writeOps(
  writer: ByteWriter,
  ops: readonly Op[],
  anchor: number,
  numberOf: (replica: ReplicaId) => number,
): void {
  const nextCounters = new Map<number, number>()
  writer.varint(ops.length)
  for (const op of ops) {
    const replica = numberOf(op.replica)
    const continues = nextCounters.get(replica) === op.counter
    writer.varint(replica * TAG_SHIFT + (op.extra.length > 0 ? HAS_EXTRA : 0) + (continues ? CONTINUES : 0))
    if (!continues) writer.varint(op.counter)
    nextCounters.set(replica, op.counter + op.count)
    writer.varint(op.count)
    writer.varint(anchor - op.base)
    if (op.extra.length > 0) {
      writer.varint(op.extra.length)
      for (const id of op.extra) {
        writer.varint(numberOf(id.replica))
        writer.varint(id.counter)
      }
    }
    writer.bytes(op.body)
  }
}

/**
 * Reads what {@link writeOps} wrote. Bodies are views on the input, not copies.
 * @throws FlowSyncError `codec/malformed`
 */
export function readOps(reader: ByteReader, anchor: number, replicaOf: (number: number) => ReplicaId): Op[] {
  const nextCounters = new Map<number, number>()
  const ops: Op[] = []
  const length = reader.varint()
  for (let i = 0; i < length; i++) {
    const tag = reader.varint()
    const number = Math.floor(tag / TAG_SHIFT)
    const counter = (tag & CONTINUES) !== 0 ? nextCounters.get(number) : reader.varint()
    if (counter === undefined) throw createError('codec/malformed', 'Malformed bytes: nothing to continue.')
    const count = reader.varint()
    nextCounters.set(number, counter + count)
    const base = anchor - reader.varint(anchor)
    const extra = (tag & HAS_EXTRA) !== 0 ? readExtra(reader, replicaOf) : NO_IDS
    ops.push({ replica: replicaOf(number), counter, count, base, extra, body: reader.bytes() })
  }
  return ops
}

function readExtra(reader: ByteReader, replicaOf: (number: number) => ReplicaId): OpId[] {
  const extra: OpId[] = []
  const length = reader.varint()
  for (let i = 0; i < length; i++)
    extra.push({ replica: replicaOf(reader.varint()), counter: reader.varint() })
  return extra
}

const NO_IDS: readonly OpId[] = Object.freeze([])
