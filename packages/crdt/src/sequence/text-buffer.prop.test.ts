import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextBuffer } from './text-buffer.js'

const edits = fc.array(
  fc.record({
    at: fc.nat(30_000),
    length: fc.oneof(fc.nat(4), fc.nat(9000)),
    insert: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom('\ufeff', 'x'.repeat(100), 'y'.repeat(5000), '😀'.repeat(3000), 'z😀'.repeat(4500)),
    ),
    isRead: fc.boolean(),
  }),
  { maxLength: 40 },
)

/** The nearest position that splits no pair: the buffer's owner sees to that. */
function edge(text: string, position: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(position)) ? position - 1 : position
}

function tailsOf(text: string): number[] {
  return [...text.matchAll(/[\udc00-\udfff]/g)].map(({ index }) => index)
}

describe('a text buffer', () => {
  it('is a string', () => {
    const starts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('abc'.repeat(4000), '😀'.repeat(4096)),
    )
    fc.assert(
      fc.property(starts, edits, (start, list) => {
        const buffer = new TextBuffer(start)
        let text = start
        for (const { at, length, insert, isRead } of list) {
          const from = edge(text, at % (text.length + 1))
          const to = edge(text, Math.min(from + length, text.length))
          expect(buffer.tailsWithin(from, Math.min(to - from, 50))).toEqual(
            tailsOf(text.slice(from, Math.min(to, from + 50))),
          )
          if (from < text.length) expect(buffer.isTail(from)).toBe(false)
          expect(buffer.slice(from, to) === text.slice(from, to)).toBe(true)
          buffer.replace(from, to - from, insert)
          text = text.slice(0, from) + insert + text.slice(to)
          expect(buffer.length).toBe(text.length)
          if (tailsOf(text).length > 0) expect(buffer.hasPairs).toBe(true)
          if (isRead) expect(buffer.toString() === text).toBe(true)
        }
        expect(buffer.toString() === text).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is the same string until it changes', () => {
    const buffer = new TextBuffer('')
    buffer.insert(0, 'hello '.repeat(2000))
    const read = buffer.toString()
    expect(buffer.toString()).toBe(read)
    buffer.delete(3, 9000)
    expect(buffer.toString()).toBe(read.slice(0, 3) + read.slice(9003))
  })

  it('takes a character anywhere in a long text', () => {
    const buffer = new TextBuffer('-'.repeat(20_000))
    for (let step = 0; step < 5000; step++) buffer.insert((step * 7919) % buffer.length, 'x')
    expect(buffer.toString().replaceAll('x', '')).toBe('-'.repeat(20_000))
    for (let step = 0; step < 24_000; step++) buffer.delete((step * 7919) % buffer.length, 1)
    expect([buffer.length, buffer.toString().length]).toEqual([1000, 1000])
  })
})
