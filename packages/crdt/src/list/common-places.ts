/** Where places of a list are in another one. */
export interface CommonPlaces {
  /** Where an item is; undefined for one that may not be there. */
  readonly item: (index: number | undefined) => number | undefined
  /** Where a place between items is. */
  readonly gap: (index: number) => number
}

/**
 * Finds places of a list again in another one, by what both have in common at their beginning and at
 * their end: texts that stand for their items. Of what lies in between nothing is known.
 */
export function commonPlaces(
  before: readonly (string | undefined)[],
  after: readonly (string | undefined)[],
): CommonPlaces {
  const max = Math.min(before.length, after.length)
  let head = 0
  while (head < max && before[head] === after[head]) head++
  let tail = 0
  while (tail < max - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  const tailStart = before.length - tail
  const shift = after.length - before.length
  return {
    item: (index) => {
      if (index === undefined || index < head) return index
      return index >= tailStart ? index + shift : undefined
    },
    gap: (index) => {
      // What was appended is appended.
      if (index === before.length) return after.length
      return index >= tailStart && index > head ? index + shift : Math.min(index, tailStart + shift)
    },
  }
}
