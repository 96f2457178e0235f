/** What is known about the log behind the latest snapshot. */
export interface SnapshotTail {
  readonly tailOps: number
  readonly tailBytes: number
  /** Bytes of the latest snapshot. */
  readonly snapshotBytes: number
}

/** When a stream gets a new snapshot. */
export interface SnapshotPolicy {
  /** Not before this many ops. */
  readonly minOps: number
  /** After this many ops whatever the snapshot's size. */
  readonly maxOps: number
  /** How long to wait for ops that were on their way when the log was where it is to be cut. */
  readonly settleMs: number
}

export const DEFAULT_SNAPSHOT_POLICY: SnapshotPolicy = Object.freeze({
  minOps: 1_000,
  maxOps: 20_000,
  settleMs: 500,
})

/** From so many times `maxOps` on a cut need not have been clean for `settleMs`. */
const URGENT_TAILS = 5

/** Beyond this a tail is worth folding however few ops it is. */
const MAX_TAIL_BYTES = 1024 * 1024

/**
 * True when a snapshot would save joiners more than it costs: writing one takes its bytes, so the tail
 * must have grown to half of them.
 */
export function isSnapshotDue(
  { tailOps, tailBytes, snapshotBytes }: SnapshotTail,
  policy: SnapshotPolicy,
): boolean {
  if (tailOps >= policy.maxOps || tailBytes >= Math.max(MAX_TAIL_BYTES, snapshotBytes)) return true
  return tailOps >= policy.minOps && tailBytes * 2 >= snapshotBytes
}

/**
 * True when a stream has been written to for so long without a clean cut that the likeliest one is taken. Should an
 * op still arrive that was made before it, those who would begin there begin with an older snapshot.
 *
 * @param opsBehind ops since the latest snapshot of either kind
 */
export function isSnapshotUrgent(opsBehind: number, policy: SnapshotPolicy): boolean {
  return opsBehind >= policy.maxOps * URGENT_TAILS
}
