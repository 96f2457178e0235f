import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyTextDeltas } from '../text-delta.js'
import { TextBuffer } from './text-buffer.js'
import { trimEdit } from './trim-edit.js'

const edit = (position: number, deleteCount: number, insert: string) => ({ position, deleteCount, insert })

describe('trimming an edit', () => {
  it.each([
    ['a word in a text', 'the red fox', edit(0, 11, 'the blue fox'), edit(4, 3, 'blue')],
    ['typing at the end', 'abc', edit(0, 3, 'abcd'), edit(3, 0, 'd')],
    ['typing at the beginning', 'abc', edit(0, 3, 'xabc'), edit(0, 0, 'x')],
    ['what repeats: the first part stays', 'aa', edit(0, 2, 'aaa'), edit(2, 0, 'a')],
    ['a deletion', 'abcabc', edit(0, 6, 'abc'), edit(3, 3, '')],
    ['an equal text', 'same', edit(0, 4, 'same'), edit(4, 0, '')],
    ['a range', 'abcdef', edit(1, 4, 'bxe'), edit(2, 2, 'x')],
    ['pairs that begin alike', '😀', edit(0, 2, '😁'), edit(0, 2, '😁')],
    ['pairs that end alike', 'a\u{1f600}', edit(0, 3, 'a\u{1fa00}'), edit(1, 2, '\u{1fa00}')],
    ['a pair before a pair', '😀', edit(0, 2, '😁😀'), edit(0, 0, '😁')],
  ])('leaves out what stays: %s', (_what, before, given, trimmed) => {
    expect(trimEdit(new TextBuffer(before), given)).toEqual(trimmed)
  })

  it('hands back an edit of which nothing stays', () => {
    for (const given of [edit(0, 0, 'abc'), edit(0, 3, ''), edit(0, 3, 'xyz')])
      expect(trimEdit(new TextBuffer('abc'), given)).toBe(given)
  })

  it('changes no outcome, cuts no pair and leaves nothing to trim', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', '😀', '😁', '\u{1fa00}', 'e\u0301'), { maxLength: 6 })
    fc.assert(
      fc.property(texts, texts, texts, texts, (before, taken, put, after) => {
        const text = [...before, ...taken, ...after].join('')
        const given = edit(before.join('').length, taken.join('').length, put.join(''))
        const buffer = new TextBuffer(text)
        const trimmed = trimEdit(buffer, given)
        expect(applyTextDeltas(text, [trimmed])).toBe(applyTextDeltas(text, [given]))
        const { position, deleteCount, insert } = trimmed
        const parts = [text.slice(0, position), text.slice(position, position + deleteCount), insert]
        expect(parts.every((part) => part.isWellFormed())).toBe(true)
        expect(trimEdit(buffer, trimmed)).toBe(trimmed)
      }),
    )
  })
})
