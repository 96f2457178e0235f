import type { AnyMergeRule } from '@flowsync/crdt'
import type { StreamKey } from '../storage/driver.js'

/** What the hub remembers of a stream while it is in use. The truth is in the storage. */
export interface OpenStream {
  readonly key: StreamKey
  readonly rule: AnyMergeRule
  epoch: string
  /** The highest seq seen; another hub on the same storage may be further. */
  headSeq: number
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
}
