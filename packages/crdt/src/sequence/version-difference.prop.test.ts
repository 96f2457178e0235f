import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { versionDifference } from './version-difference.js'
import type { Range } from './version-difference.js'

/** For each op, how far back its parents are; 0 is none. */
const graphs = fc.array(fc.array(fc.nat(6), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 30 })
const versions = fc.array(fc.nat(29), { maxLength: 3 })

describe('the difference of two versions', () => {
  it('is what sets say', () => {
    fc.assert(
      fc.property(graphs, versions, versions, fc.nat(5), (graph, formerSeed, nextSeed, startSeed) => {
        const start = Math.min(startSeed, graph.length - 1)
        const parents = graph.map((steps, op) =>
          steps
            .filter((step) => step > 0)
            .map((step) => op - step)
            .filter((parent) => parent >= start),
        )
        const within = (seed: readonly number[]) => seed.map((op) => op % graph.length)
        const former = within(formerSeed)
        const next = within(nextSeed)
        const { retreat, advance } = versionDifference((op) => parents[op] ?? [], former, next, start)

        const formerSet = closure(parents, former, start)
        const nextSet = closure(parents, next, start)
        expect(opsOf(retreat)).toEqual([...formerSet].filter((op) => !nextSet.has(op)).sort(descending))
        expect(opsOf(advance)).toEqual([...nextSet].filter((op) => !formerSet.has(op)).sort(descending))
      }),
      { numRuns: 1000 },
    )
  })

  it('looks at no more ops than it must', () => {
    let looks = 0
    const parentsOf = (op: number) => {
      looks++
      return op === 0 ? [] : [op - 1]
    }
    expect(versionDifference(parentsOf, [9_999], [9_997], 0)).toEqual({
      retreat: [{ first: 9_998, last: 9_999 }],
      advance: [],
    })
    expect(looks).toBeLessThan(4)
  })
})

function closure(
  parents: readonly (readonly number[])[],
  version: readonly number[],
  start: number,
): Set<number> {
  const all = new Set<number>()
  const visit = (op: number) => {
    if (op < start || all.has(op)) return
    all.add(op)
    parents[op]?.forEach(visit)
  }
  version.forEach(visit)
  return all
}

function opsOf(ranges: readonly Range[]): number[] {
  return ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => last - index),
  )
}

function descending(a: number, b: number): number {
  return b - a
}
