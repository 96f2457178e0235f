/**
 * Which snapshots of a stream are worth keeping: the newest, and behind it ever sparser ones. Distances
 * from the newest fall into buckets that grow fourfold, and the oldest of each bucket stays, so that it
 * lives to reach the next. A stream of a million ops keeps about six; an op made on an old version
 * costs a refold of at most about four times the history it needs.
 *
 * @param seqs seqs of the stored snapshots, in any order, without duplicates
 * @returns the seqs to keep, newest first
 */
export function keptSnapshots(seqs: readonly number[]): number[] {
  const oldestFirst = [...seqs].sort((a, b) => a - b)
  const newest = oldestFirst.pop()
  if (newest === undefined) return []
  const buckets = new Map<number, number>()
  for (const seq of oldestFirst) {
    const bucket = Math.floor(Math.log2(newest - seq) / 2)
    if (!buckets.has(bucket)) buckets.set(bucket, seq)
  }
  return [newest, ...[...buckets.values()].reverse()]
}
