import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptSnapshots } from './kept-snapshots.js'

describe('keptSnapshots', () => {
  it.each([
    [[], []],
    [[5], [5]],
    [
      [1, 2, 3, 4],
      [4, 1],
    ],
    [
      [100, 300, 400, 200],
      [400, 200, 100],
    ],
  ])('of %j are %j', (seqs, kept) => {
    expect(keptSnapshots(seqs)).toEqual(kept)
  })

  it('leaves a snapshot near every distance, and few of them, as a stream grows', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 20, maxLength: 200 }), (steps) => {
        let stored: number[] = []
        let newest = 0
        for (const step of steps) {
          newest += step
          stored = keptSnapshots([...stored, newest])
        }
        expect(stored[0]).toBe(newest)
        expect(stored.length).toBeLessThan(3 + Math.log2(newest) / 2)
        // Whatever version is needed, the snapshot below it is not much further away than the version itself.
        for (let distance = 600; distance < newest / 16; distance *= 2) {
          const below = stored.find((seq) => newest - seq >= distance)
          expect(newest - (below ?? 0)).toBeLessThanOrEqual(distance * 16 + 1000)
        }
      }),
    )
  })
})
