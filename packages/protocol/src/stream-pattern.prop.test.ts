import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareSpecificity, matchesPattern, parsePattern } from './stream-pattern.js'

const segments = (alphabet: readonly string[]) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 5 }).map((list) => list.join(':'))
const names = segments(['a', 'b', 'c'])
const patterns = segments(['a', 'b', '*', '*'])

/** The same rule said with regular expressions. */
function reference(pattern: string, name: string): boolean {
  const source = pattern
    .split(':')
    .map((segment, index, all) => (segment !== '*' ? segment : index === all.length - 1 ? '.+' : '[^:]+'))
    .join(':')
  return new RegExp(`^${source}$`, 'u').test(name)
}

it('patterns cover what the reference covers', () => {
  fc.assert(
    fc.property(patterns, names, (pattern, name) => {
      expect(matchesPattern(parsePattern(pattern), name)).toBe(reference(pattern, name))
    }),
    { numRuns: 5_000 },
  )
})

it('of two different patterns that cover a name one is the more specific', () => {
  let compared = 0
  fc.assert(
    fc.property(patterns, patterns, names, (first, second, name) => {
      const [a, b] = [parsePattern(first), parsePattern(second)]
      if (first === second || !matchesPattern(a, name) || !matchesPattern(b, name)) return
      compared++
      expect(compareSpecificity(a, b)).not.toBe(0)
      expect(Math.sign(compareSpecificity(a, b))).toBe(-Math.sign(compareSpecificity(b, a)))
    }),
    { numRuns: 20_000 },
  )
  expect(compared).toBeGreaterThan(200)
})

it('sorting by specificity does not depend on the order before', () => {
  fc.assert(
    fc.property(fc.uniqueArray(patterns, { maxLength: 8 }), names, (list, name) => {
      const pick = (order: readonly string[]) =>
        order
          .map(parsePattern)
          .sort(compareSpecificity)
          .find((pattern) => matchesPattern(pattern, name))?.text
      expect(pick(list)).toBe(pick(list.toReversed()))
    }),
    { numRuns: 2_000 },
  )
})
