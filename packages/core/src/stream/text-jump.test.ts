import { applyTextDeltas } from '@flowsync/crdt'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jumpOf } from './text-jump.js'

it('leads from one text to the other', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '👩‍💻'), maxLength: 12 })
  fc.assert(
    fc.property(letters, letters, (before, after) => {
      expect(applyTextDeltas(before, jumpOf(before, after))).toBe(after)
    }),
  )
})

it.each([
  ['', '', []],
  ['abc', 'abc', []],
  ['abc', 'abXc', [{ position: 2, deleteCount: 0, insert: 'X' }]],
  ['aaa', 'aa', [{ position: 2, deleteCount: 1, insert: '' }]],
  [1, 2, []],
])('from %j to %j', (before, after, expected) => {
  expect(jumpOf(before, after)).toEqual(expected)
})
