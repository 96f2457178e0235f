import type { SequencedOp } from '@flowsync/crdt'
import type { OutboxRange } from '@flowsync/protocol'
import type { Snapshot } from '../storage/driver.js'

/** Where a reader stands, as it says. */
export interface Cursor {
  /** '' when it has nothing. */
  readonly epoch: string
  readonly seq: number
  /** It needs the log from a snapshot at or below this seq. */
  readonly rebuildBelow?: number
  /** Own ops that it has not heard to be stored. */
  readonly outbox?: readonly OutboxRange[]
}

/** What brings a reader to the head, or on the way there. */
export interface CatchUp {
  readonly epoch: string
  readonly headSeq: number
  /** Replaces what the reader has. */
  readonly snapshot?: Snapshot
  /** Contiguous after the snapshot, or else after the cursor. */
  readonly ops: readonly SequencedOp[]
}

/** What is known when a reader that has something wants to catch up. */
export interface ReaderGap {
  /** Ops between the reader and the head. */
  readonly opsBehind: number
  /** Its cursor is below the floor: what it misses is compressed. */
  readonly isBelowFloor: boolean
  /** Ops between the latest snapshot and the head. */
  readonly opsBehindSnapshot: number
  readonly snapshotBytes: number
  /** Bytes of an op, the mean; 0 when not known. */
  readonly opBytes: number
}

/** A shorter tail is never replaced: a value that jumps costs the reader its undo history. */
export const LONG_TAIL_OPS = 2_000
const WORTH = 4
/** On the wire: replica, counter, base and the like. */
const ENVELOPE_BYTES = 12
const TYPICAL_BODY_BYTES = 12

/**
 * True when a snapshot and its tail serve a reader better than the tail alone: when it is below the floor, and
 * when it is so far behind that the snapshot is at most a quarter of what it misses. Each op must be folded too.
 */
export function isSnapshotBetter(gap: ReaderGap): boolean {
  const { opsBehind, isBelowFloor, opsBehindSnapshot, snapshotBytes, opBytes } = gap
  if (opsBehindSnapshot >= opsBehind) return false
  if (isBelowFloor) return true
  const eachBytes = ENVELOPE_BYTES + (opBytes > 0 ? opBytes : TYPICAL_BODY_BYTES)
  return (
    opsBehind >= LONG_TAIL_OPS &&
    opsBehind * eachBytes >= WORTH * (snapshotBytes + opsBehindSnapshot * eachBytes)
  )
}
