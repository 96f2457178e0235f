import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyTextDeltas } from './text-delta.js'
import type { TextDelta } from './text-delta.js'
import { mapPosition } from './text-position.js'

describe('mapping a position', () => {
  it.each<[string, number, TextDelta, before: number, after: number]>([
    ['stays before a change', 2, { position: 3, deleteCount: 1, insert: 'xx' }, 2, 2],
    ['moves behind a change', 6, { position: 3, deleteCount: 1, insert: 'xx' }, 7, 7],
    ['takes a side of an insert', 3, { position: 3, deleteCount: 0, insert: 'xx' }, 3, 5],
    ['collapses inside a deletion', 4, { position: 3, deleteCount: 2, insert: '' }, 3, 3],
    [
      'takes a side of what replaces its surroundings',
      4,
      { position: 3, deleteCount: 2, insert: 'xxx' },
      3,
      6,
    ],
    ['stays at the front edge of what is replaced', 3, { position: 3, deleteCount: 2, insert: 'xxx' }, 3, 3],
    ['stays at the back edge of what is replaced', 5, { position: 3, deleteCount: 2, insert: 'xxx' }, 6, 6],
  ])('%s', (_name, position, delta, before, after) => {
    expect(mapPosition(position, [delta], 'before')).toBe(before)
    expect(mapPosition(position, [delta], 'after')).toBe(after)
  })

  it('goes through changes in their order', () => {
    const deltas = [
      { position: 0, deleteCount: 0, insert: 'abc' },
      { position: 3, deleteCount: 1, insert: '' },
      { position: 1, deleteCount: 1, insert: '' },
    ]
    expect(mapPosition(0, deltas, 'after')).toBe(2)
    expect(mapPosition(5, deltas, 'before')).toBe(6)
  })

  it('keeps the text on both sides and the order of positions', () => {
    const text = '0123456789'
    const delta = fc.record({
      position: fc.nat(9),
      deleteCount: fc.nat(4),
      insert: fc.constantFrom('', 'x', 'yz'),
    })
    fc.assert(
      fc.property(delta, fc.nat(10), fc.nat(10), (raw, one, other) => {
        const deltas = [{ ...raw, deleteCount: Math.min(raw.deleteCount, 10 - raw.position) }]
        const result = applyTextDeltas(text, deltas)
        const at = (position: number) => mapPosition(position, deltas, 'before')
        expect(at(Math.min(one, other))).toBeLessThanOrEqual(at(Math.max(one, other)))
        expect(at(one)).toBeLessThanOrEqual(mapPosition(one, deltas, 'after'))
        // A unit that is still there stands beside its mapped position as it stood beside the position.
        if (result.includes(text.charAt(one)))
          expect(result.charAt(mapPosition(one, deltas, 'after'))).toBe(text.charAt(one))
        if (one > 0 && result.includes(text.charAt(one - 1)))
          expect(result.charAt(at(one) - 1)).toBe(text.charAt(one - 1))
      }),
    )
  })
})
