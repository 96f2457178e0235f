import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { ByteReader, ByteWriter, isFlowSyncError, type ReplicaId, type SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { sizeOfOp } from './op-size.js'
import { readOpColumns, writeOpColumns } from './op-columns.js'

/** What one segment holds at most; also the work that one `compact` does. */
export const SEGMENT_OPS = 8_192
/** Of uncompressed ops. */
export const SEGMENT_BYTES = 1024 * 1024

const SUM_BYTES = 4

/** Compressed ops of one stream with contiguous seqs. */
export interface Segment {
  readonly first: number
  readonly last: number
  readonly bytes: Uint8Array
}

/** How many of the ops go into one segment: the first at least, then as many as the bounds allow. */
export function segmentLength(ops: readonly SequencedOp[]): number {
  let bytes = 0
  for (let length = 0; length < ops.length; length++) {
    const op = ops[length]
    if (length >= SEGMENT_OPS || !op) return length
    bytes += sizeOfOp(op)
    if (bytes >= SEGMENT_BYTES) return length + 1
  }
  return ops.length
}

/**
 * Re-encodes contiguous ops, at least one, in the compressed form that compaction keeps them in: the numbers of
 * the replicas in it, the length of the rest, then column by column what `writeOpColumns` wrote, deflated, and a CRC-32 of all
 * that, little endian.
 */
export function encodeSegment(
  ops: readonly SequencedOp[],
  numberOf: (replica: ReplicaId) => number,
): Segment {
  const first = ops[0]?.seq ?? 0
  const columns = new ByteWriter(64 + 16 * ops.length)
  const replicas = writeOpColumns(columns, ops, first)
  const writer = new ByteWriter(64 + 8 * ops.length)
  writer.varint(replicas.length)
  for (const replica of replicas) writer.varint(numberOf(replica))
  writer.varint(columns.view().length)
  writer.raw(deflateRawSync(columns.view()))
  const sum = Buffer.alloc(SUM_BYTES)
  sum.writeUInt32LE(crc32(writer.view()))
  writer.raw(sum)
  return { first, last: first - 1 + ops.length, bytes: writer.finish() }
}

/**
 * The numbers of the replicas that a segment names, without inflating it.
 * @throws FlowSyncError `storage/corrupt`
 */
export function replicasOfSegment({ bytes }: Pick<Segment, 'bytes'>): number[] {
  return readable(() => readReplicas(new ByteReader(bytes)))
}

/**
 * The ops that {@link encodeSegment} was given.
 * @throws FlowSyncError `storage/corrupt`
 */
export function opsOfSegment(
  { first, last, bytes }: Segment,
  replicaOf: (number: number) => ReplicaId,
): SequencedOp[] {
  return readable(() => {
    const reader = new ByteReader(checked(bytes))
    const replicas = readReplicas(reader).map(replicaOf)
    const maxOutputLength = reader.varint()
    const { buffer, byteOffset, length } = inflateRawSync(reader.raw(reader.remaining), { maxOutputLength })
    // Without Node's additions: bodies are views on it, and leave the driver.
    const columns = new ByteReader(new Uint8Array(buffer, byteOffset, length))
    const ops = readOpColumns(columns, replicas, first, last - first + 1)
    columns.end()
    return ops
  })
}

/** The bytes without their sum. Nothing is inflated, and nothing believed, that is not what was written. */
function checked(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = bytes
  const end = Math.max(0, length - SUM_BYTES)
  const sum = Buffer.from(buffer, byteOffset + end, length - end)
  const content = bytes.subarray(0, end)
  if (sum.length < SUM_BYTES || sum.readUInt32LE() !== crc32(content)) {
    throw createError('storage/corrupt', 'A segment of the log is not what was written.')
  }
  return content
}

function readReplicas(reader: ByteReader): number[] {
  return Array.from({ length: reader.varint(reader.remaining) }, () => reader.varint())
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (isFlowSyncError(cause) && cause.code !== 'codec/malformed') throw cause
    throw createError('storage/corrupt', 'A segment of the log cannot be read.', { cause })
  }
}
