import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { ByteReader, ByteWriter, isFlowSyncError, type ReplicaId, type SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { readOps, writeOps } from './op-list.js'

/** What one segment holds at most; also the work that one `compact` does. */
export const SEGMENT_OPS = 8_192
/** Of uncompressed ops. */
export const SEGMENT_BYTES = 1024 * 1024

/** Compressed ops of one stream with contiguous seqs. */
export interface Segment {
  readonly first: number
  readonly last: number
  readonly bytes: Uint8Array
}

/** Re-encodes contiguous ops, at least one, in the compressed form that compaction keeps them in. */
export function encodeSegment(
  ops: readonly SequencedOp[],
  numberOf: (replica: ReplicaId) => number,
): Segment {
  const first = ops[0]?.seq ?? 0
  const writer = new ByteWriter(64 + 16 * ops.length)
  writeOps(writer, ops, first - 1 + ops.length, numberOf)
  return { first, last: first - 1 + ops.length, bytes: deflateRawSync(writer.view()) }
}

/**
 * The ops that {@link encodeSegment} was given.
 * @throws FlowSyncError `storage/corrupt`
 */
export function opsOfSegment(
  { first, last, bytes }: Segment,
  replicaOf: (number: number) => ReplicaId,
): SequencedOp[] {
  try {
    const reader = new ByteReader(inflateRawSync(bytes))
    return readOps(reader, last, replicaOf).map(({ replica, counter, count, base, extra, body }, index) => {
      return { replica, counter, count, base, extra, body, seq: first + index }
    })
  } catch (cause) {
    if (isFlowSyncError(cause) && cause.code !== 'codec/malformed') throw cause
    throw createError('storage/corrupt', 'A segment of the log cannot be read.', { cause })
  }
}
