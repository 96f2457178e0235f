import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GapBuffer } from './gap-buffer.js'

const edits = fc.array(
  fc.record({
    at: fc.nat(1000),
    length: fc.nat(4),
    insert: fc.oneof(fc.string({ unit: 'binary', maxLength: 4 }), fc.constantFrom('\ufeff', 'x'.repeat(100))),
    isRead: fc.boolean(),
  }),
  { maxLength: 60 },
)

/** The nearest position that splits no pair: the buffer's owner sees to that. */
function edge(text: string, position: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(position)) ? position - 1 : position
}

describe('a gap buffer', () => {
  it('is a string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), edits, (start, list) => {
        const buffer = new GapBuffer(start)
        let text = start
        for (const { at, length, insert, isRead } of list) {
          const from = edge(text, at % (text.length + 1))
          const to = edge(text, Math.min(from + length, text.length))
          const tails = [...text.slice(from, to)].reduce<number[]>((found, char) => {
            const offset = (found.at(-1) ?? 0) + char.length
            return [...found, offset]
          }, [])
          const pairs = tails
            .filter((end, index) => end - (tails[index - 1] ?? 0) === 2)
            .map((end) => end - 1)
          expect(buffer.tailsWithin(from, to - from)).toEqual(pairs)

          buffer.replace(from, to - from, insert)
          text = text.slice(0, from) + insert + text.slice(to)
          expect(buffer.length).toBe(text.length)
          if (isRead) expect(buffer.toString()).toBe(text)
        }
        expect(buffer.toString()).toBe(text)
        for (let position = 0; position < text.length; position++) {
          expect(buffer.isTail(position)).toBe(edge(text, position) < position)
        }
      }),
    )
  })
})
