import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyTextDeltas } from './text-delta.js'
import type { TextDelta } from './text-delta.js'
import { rebaseTextDelta } from './text-rebase.js'

/** What an edit of one text, carried over to another, makes of that. */
function carried(before: string, after: string, position: number, deleteCount: number, insert = ''): string {
  const delta = rebaseTextDelta({ position, deleteCount, insert }, before, after)
  return delta ? applyTextDeltas(after, [delta]) : 'nothing left'
}

describe('carrying an edit over', () => {
  it.each<[string, string, string, [position: number, deleteCount: number, insert?: string], string]>([
    ['leaves it alone in the same text', 'abc', 'abc', [1, 1, 'x'], 'axc'],
    ['keeps what is in the common beginning', 'abcd', 'abXY', [1, 1], 'aXY'],
    ['moves what is in the common end', 'abcd', 'XYZcd', [2, 1], 'XYZd'],
    ['moves what is typed in the common end', 'abcd', 'XYZcd', [3, 0, '.'], 'XYZc.d'],
    ['types at the end of what is gone', 'a-b', 'ab', [2, 0, '.'], 'a.b'],
    ['types in the middle of what is gone', 'a---b', 'ab', [2, 0, '.'], 'a.b'],
    ['types as far into what is new as before', 'a---b', 'aXYZb', [2, 0, '.'], 'aX.YZb'],
    ['drops a deletion of what is gone', 'a---b', 'ab', [1, 3], 'nothing left'],
    ['drops a deletion of what others replaced', 'a---b', 'aXb', [1, 2], 'nothing left'],
    ['deletes only what is left at the beginning', 'abc---', 'abcX', [2, 3], 'abX'],
    ['deletes only what is left at the end', '---abc', 'Xabc', [1, 3], 'Xbc'],
    ['deletes all across', 'ab---cd', 'abXcd', [1, 5], 'ad'],
    ['keeps the typed text of a dropped deletion', 'a---b', 'ab', [1, 3, 'new'], 'anewb'],
    ['fits what does not fit', 'ab', 'ab', [9, 9, 'x'], 'abx'],
    ['types behind the end of a longer text where it was', 'ab', 'abcd', [2, 0, '.'], 'ab.cd'],
    ['splits no pair that has one half in common', 'x😀y', 'x😁y', [1, 2], 'nothing left'],
    ['splits no pair from behind', 'x𐀀y', 'x𑀀y', [1, 2, 'z'], 'xz𑀀y'],
  ])('%s', (_name, before, after, [position, deleteCount, insert], expected) => {
    expect(carried(before, after, position, deleteCount, insert)).toBe(expected)
  })

  it('makes an edit that fits', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '😁'), maxLength: 8 })
    const edit = fc.record({ position: fc.nat(9), deleteCount: fc.nat(9), insert: fc.constantFrom('', 'x') })
    fc.assert(
      fc.property(text, text, edit, (before, after, delta) => {
        const rebased: TextDelta = rebaseTextDelta(delta, before, after) ?? {
          position: 0,
          deleteCount: 0,
          insert: '',
        }
        const { position, deleteCount, insert } = rebased
        expect(Math.min(position, deleteCount)).toBeGreaterThanOrEqual(0)
        expect(position + deleteCount).toBeLessThanOrEqual(after.length)
        if (insert !== '') expect(insert).toBe(delta.insert)
      }),
    )
  })
})
