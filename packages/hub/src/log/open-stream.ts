import type { AnyMergeRule } from '@flowsync/crdt'
import type { LogPosition, StreamHead, StreamKey } from '../storage/driver.js'

/** What the hub remembers of a stream while it is in use. The truth is in the storage. */
export interface OpenStream {
  readonly key: StreamKey
  readonly rule: AnyMergeRule
  epoch: string
  /** The highest seq seen; another hub on the same storage may be further. */
  headSeq: number
  /** The highest floor seen; another hub, or a command, may have compacted more. */
  floorSeq: number
  /** When the storage last said so much; between hubs that share one, the position of a stream without readers ages. */
  checkedAtMs: number
  /** The highest seq that readers were told of; what is above may still be gathered for the next frame. */
  toldSeq: number
  /** True once the epoch was renewed because a client's cursor was ahead of the log; done at most once per start. */
  wasRenewed: boolean
  /** Seq of the latest snapshot, 0 without one, undefined before anybody looked. */
  snapshotSeq: number | undefined
  /** Bytes of the latest snapshot's state, 0 without one. */
  snapshotBytes: number
  /** Where the tail begins that no snapshot covers, as far as known. */
  tailFrom: number
  /** Bytes of that tail, as far as they were seen. */
  tailBytes: number
  /** Bytes of an op, the mean of those that were appended lately; 0 before any was. */
  opBytes: number
}

/** What a hub knows of a stream that it has just found. */
export function openedStream(head: StreamHead, rule: AnyMergeRule): OpenStream {
  const { workspace, stream, epoch, headSeq, floorSeq } = head
  return {
    key: { workspace, stream },
    rule,
    epoch,
    headSeq,
    floorSeq,
    checkedAtMs: 0,
    toldSeq: headSeq,
    wasRenewed: false,
    snapshotSeq: undefined,
    snapshotBytes: 0,
    tailFrom: headSeq,
    tailBytes: 0,
    opBytes: 0,
  }
}

/** Takes over what the storage said of a stream. Another epoch makes it forget what it knew of the old one. */
export function notePosition(
  stream: OpenStream,
  { epoch, headSeq, floorSeq }: Pick<LogPosition, 'epoch' | 'headSeq' | 'floorSeq'>,
): void {
  if (epoch !== stream.epoch) {
    noteEpoch(stream, epoch)
    stream.tailFrom = headSeq
  }
  stream.headSeq = Math.max(stream.headSeq, headSeq)
  stream.floorSeq = Math.max(stream.floorSeq, floorSeq)
}

/** As {@link notePosition} does, of a refusal that told the epoch alone. */
export function noteEpoch(stream: OpenStream, epoch: unknown): void {
  if (typeof epoch !== 'string' || epoch === stream.epoch) return
  stream.epoch = epoch
  stream.headSeq = 0
  stream.floorSeq = 0
  stream.toldSeq = 0
  stream.snapshotSeq = undefined
  stream.snapshotBytes = 0
  stream.tailFrom = 0
  stream.tailBytes = 0
}
