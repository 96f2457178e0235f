import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodePointConverter } from './code-points.js'

describe('CodePointConverter', () => {
  it('leaves positions of plain text alone', () => {
    const converter = new CodePointConverter()
    expect(converter.convert(0, 0, 'hello')).toEqual({ position: 0, deleteCount: 0, insert: 'hello' })
    expect(converter.convert(2, 1, 'LL')).toEqual({ position: 2, deleteCount: 1, insert: 'LL' })
  })

  it('counts two units for every character above U+FFFF', () => {
    const converter = new CodePointConverter()
    converter.convert(0, 0, 'a🎈b🎉c')
    expect(converter.convert(4, 1, '!')).toEqual({ position: 6, deleteCount: 1, insert: '!' })
    expect(converter.convert(1, 3, '')).toEqual({ position: 1, deleteCount: 5, insert: '' })
    expect(converter.convert(2, 0, 'x')).toEqual({ position: 2, deleteCount: 0, insert: 'x' })
  })

  it('agrees with editing an array of code points', () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '🎈', '👩'), { maxLength: 5 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(4), text), { maxLength: 40 }), (edits) => {
        const converter = new CodePointConverter()
        let expected: string[] = []
        let units = ''
        for (const [place, wanted, insert] of edits) {
          const position = place % (expected.length + 1)
          const deleteCount = Math.min(wanted, expected.length - position)
          expected = [...expected.slice(0, position), ...insert, ...expected.slice(position + deleteCount)]
          const edit = converter.convert(position, deleteCount, insert)
          units = units.slice(0, edit.position) + edit.insert + units.slice(edit.position + edit.deleteCount)
          expect(units).toBe(expected.join(''))
        }
      }),
    )
  })
})
