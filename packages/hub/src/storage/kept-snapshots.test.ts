import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptSnapshots } from './kept-snapshots.js'

describe('keptSnapshots', () => {
  it.each([
    [[], []],
    [[5], [5]],
    [
      [1, 2, 3, 4],
      [4, 3, 1],
    ],
    [
      [100, 900, 300, 1000, 200],
      [1000, 900, 300, 100],
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
        expect(stored.length).toBeLessThanOrEqual(3 + Math.log2(newest))
        // Whatever version is needed, the snapshot below it is not much further away than the version itself.
        for (let version = newest - 1; version > 0; version -= 7) {
          const below = stored.find((seq) => seq <= version) ?? 0
          expect(newest - below).toBeLessThanOrEqual((newest - version) * 4 + 1000)
        }
      }),
    )
  })
})
