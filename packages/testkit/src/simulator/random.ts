/** A reproducible source of chance. The same seed and label give the same numbers for ever. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number
  /** A whole number from 0 up to, but not including, `limit`. */
  int(limit: number): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly T[]): T
  bytes(length: number): Uint8Array
  /**
   * A source of its own for one purpose. What is drawn from it never shifts what others draw, so that a
   * scenario with one step less stays the same in everything else.
   */
  fork(label: string): Random
}

/** Makes a {@link Random}. Generator: sfc32 (Doty-Humphrey), state spread from the seed by xmur3. */
export function createRandom(seed: string | number): Random {
  const name = String(seed)
  const hash = xmur3(name)
  let a = hash()
  let b = hash()
  let c = hash()
  let d = hash()

  const word = (): number => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) word()

  const next = (): number => word() / 0x1_0000_0000
  const int = (limit: number): number => Math.floor(next() * limit)

  return {
    next,
    int,
    between: (low, high) => low + int(high - low + 1),
    chance: (probability) => next() < probability,
    pick: <T>(items: readonly T[]): T => {
      const item = items[int(items.length)]
      if (item === undefined && items.length === 0) throw new RangeError('Nothing to pick from.')
      return item as T
    },
    bytes: (length) => Uint8Array.from({ length }, () => word() & 0xff),
    fork: (label) => createRandom(`${name}/${label}`),
  }
}

function xmur3(text: string): () => number {
  let state = 1779033703 ^ text.length
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 3432918353)
    state = (state << 13) | (state >>> 19)
  }
  return () => {
    state = Math.imul(state ^ (state >>> 16), 2246822507)
    state = Math.imul(state ^ (state >>> 13), 3266489909)
    state ^= state >>> 16
    return state >>> 0
  }
}
