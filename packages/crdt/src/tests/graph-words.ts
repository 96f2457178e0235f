import type { Random } from './random.js'

/** A word that somebody types, one character after the other, while others type theirs in the same place. */
export interface TypedWord {
  readonly word: string
  readonly backwards: boolean
}

const LETTERS = ['abcdefgh', 'ABCDEFGH', '01234567']

/** Two or three words of different letters; often all of them go in one direction. */
export function makeWords(random: Random): readonly TypedWord[] {
  const direction = random.below(3)
  return LETTERS.slice(0, 2 + random.below(2)).map((letters) => ({
    word: letters.slice(0, 1 + random.below(letters.length)),
    backwards: direction === 2 ? random.chance(0.5) : direction === 1,
  }))
}

/** The insertions that type a word at a place, each with its position. */
export function* keystrokes(
  { word, backwards }: TypedWord,
  at: number,
): Generator<[position: number, char: string]> {
  if (backwards) for (const char of [...word].reverse()) yield [at, char]
  else for (const [index, char] of [...word].entries()) yield [at + index, char]
}
