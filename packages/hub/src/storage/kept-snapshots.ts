/** How much further from the newest a kept snapshot may be than the one before it. */
const STEP = 4

/**
 * Which snapshots of a stream are worth keeping: the newest, and behind it ever sparser ones. One is
 * dropped when its older neighbour is at most four times as far from the newest as its newer one. As a
 * stream grows these ratios only shrink, so an op made on an old version costs a refold of about four
 * times the history it needs at most, and a stream of a million ops keeps about ten.
 *
 * @param seqs seqs of the stored snapshots, in any order, without duplicates
 * @returns the seqs to keep, newest first
 */
export function keptSnapshots(seqs: readonly number[]): number[] {
  const [newest, ...older] = [...seqs].sort((a, b) => b - a)
  if (newest === undefined) return []
  const kept = [newest]
  let distance = 0
  older.forEach((seq, index) => {
    const neighbour = older[index + 1]
    if (neighbour !== undefined && newest - neighbour <= distance * STEP) return
    kept.push(seq)
    distance = newest - seq
  })
  return kept
}
