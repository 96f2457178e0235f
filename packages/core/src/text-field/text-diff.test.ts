import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffTexts } from './text-diff.js'

function apply(text: string, deltas: ReturnType<typeof diffTexts>): string {
  return deltas.reduce(
    (result, { position, deleteCount, insert }) =>
      result.slice(0, position) + insert + result.slice(position + deleteCount),
    text,
  )
}

describe('diffTexts', () => {
  it('keeps changes at several places apart', () => {
    expect(diffTexts('hello world', 'X hello world Y')).toEqual([
      { position: 0, deleteCount: 0, insert: 'X ' },
      { position: 13, deleteCount: 0, insert: ' Y' },
    ])
  })

  it('turns one text into the other', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 })
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(apply(before, diffTexts(before, after))).toBe(after)
      }),
      { numRuns: 2_000 },
    )
  })

  it('gives up on texts that have little in common', () => {
    const [before, after] = ['a'.repeat(5_000) + 'x', 'b'.repeat(5_000) + 'y']
    expect(diffTexts(before, after)).toEqual([{ position: 0, deleteCount: 5_001, insert: after }])
  })
})
