/** When a stream's log is compacted, and how much of it stays as it was written. */
export interface CompactionPolicy {
  /** The latest ops that stay in rows, for those who were away for a while. */
  readonly keepOps: number
  /** Of those, at most so many bytes. */
  readonly keepBytes: number
  /** Compaction begins when so many ops can be compacted, or so many bytes. */
  readonly minOps: number
  readonly minBytes: number
  /** How often streams that nobody writes to are looked for; 0 for never. */
  readonly sweepMs: number
  /** The latest ops of such a stream that stay in rows, and how many more there must be. */
  readonly idleKeepOps: number
  readonly idleMinOps: number
}

export const DEFAULT_COMPACTION_POLICY: CompactionPolicy = Object.freeze({
  keepOps: 10_000,
  keepBytes: 4 * 1024 * 1024,
  minOps: 16_384,
  minBytes: 8 * 1024 * 1024,
  sweepMs: 3_600_000,
  idleKeepOps: 1_000,
  idleMinOps: 2_000,
})

/** What is known of a log that may be compacted. */
export interface CompactableLog {
  readonly headSeq: number
  readonly floorSeq: number
  /** Seq of the latest snapshot: nothing above it is compacted. */
  readonly snapshotSeq: number
  /** Bytes of an op, the mean; 0 when not known. */
  readonly opBytes: number
}

/** Where the new floor is to be for its size; undefined when there is not enough to do. */
export function compactThrough(log: CompactableLog, policy: CompactionPolicy): number | undefined {
  const { headSeq, floorSeq, snapshotSeq, opBytes } = log
  const { keepOps, keepBytes, minOps, minBytes } = policy
  const kept = opBytes > 0 ? Math.min(keepOps, Math.floor(keepBytes / opBytes)) : keepOps
  const throughSeq = Math.min(snapshotSeq, headSeq - kept)
  const ops = throughSeq - floorSeq
  return ops > 0 && (ops >= minOps || ops * opBytes >= minBytes) ? throughSeq : undefined
}

/** Where the floor of a stream that nobody writes to is to be; undefined when there is not enough to do. */
export function compactIdleThrough(
  { headSeq, floorSeq }: Pick<CompactableLog, 'headSeq' | 'floorSeq'>,
  { idleKeepOps, idleMinOps }: CompactionPolicy,
): number | undefined {
  const throughSeq = headSeq - idleKeepOps
  return throughSeq > floorSeq && throughSeq - floorSeq >= idleMinOps ? throughSeq : undefined
}
