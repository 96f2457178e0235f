import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { findEdit, type TextEdit } from './text-edit.js'

function applyEdit(before: string, edit: TextEdit | undefined): string {
  if (!edit) return before
  return before.slice(0, edit.position) + edit.insert + before.slice(edit.position + edit.deleteCount)
}

describe('findEdit', () => {
  it.each([
    ['nothing', 'abc', 'abc', 1, undefined],
    ['a letter typed in a run of equal ones', 'aaa', 'aaaa', 2, { position: 1, deleteCount: 0, insert: 'a' }],
    ['a letter removed from a run', 'aaaa', 'aaa', 1, { position: 1, deleteCount: 1, insert: '' }],
    ['a selection replaced', 'hello world', 'hello you', 9, { position: 6, deleteCount: 5, insert: 'you' }],
    ['everything removed', 'abc', '', 0, { position: 0, deleteCount: 3, insert: '' }],
    [
      'an emoji replaced by one that shares its first half',
      '😀',
      '😁',
      2,
      { position: 0, deleteCount: 2, insert: '😁' },
    ],
    ['a caret that stands elsewhere', 'abc', 'abXc', 0, { position: 2, deleteCount: 0, insert: 'X' }],
  ] as const)('finds %s', (_what, before, after, caret, expected) => {
    expect(findEdit(before, after, caret)).toEqual(expected)
  })

  it('always turns the one text into the other and never splits a surrogate pair', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '😀', '😁', '🏳'), maxLength: 12 })
    fc.assert(
      fc.property(text, text, fc.nat(24), (before, after, caret) => {
        const edit = findEdit(before, after, caret)
        expect(applyEdit(before, edit)).toBe(after)
        expect(edit?.insert.isWellFormed() ?? true).toBe(true)
        expect(before.slice(0, edit?.position).isWellFormed()).toBe(true)
      }),
    )
  })
})
