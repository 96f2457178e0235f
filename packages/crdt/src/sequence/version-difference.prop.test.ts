import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReplicaId } from '../op.js'
import { EventGraph } from './event-graph.js'
import { VersionDifference } from './version-difference.js'
import type { LocalVersion } from './version.js'

/** Of each run how long it is, whose, and how far back its parents are; 0 is none. */
const graphs = fc.array(
  fc.record({
    units: fc.integer({ min: 1, max: 4 }),
    author: fc.nat(2),
    steps: fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 20 },
)
const versions = fc.array(fc.nat(60), { maxLength: 3 })
const REPLICAS = ['a', 'b', 'c'].map((digit) => digit.repeat(32) as ReplicaId)

/** The graph, and the parents of each unit the plain way. */
function build(runs: readonly { units: number; author: number; steps: readonly number[] }[], start: number) {
  const graph = new EventGraph()
  const parents: LocalVersion[][] = []
  const counters = [1, 1, 1]
  for (const { units, author, steps } of runs) {
    const first = graph.length
    const back = [...new Set(steps)].filter((step) => step > 0 && first - step >= start)
    const known = back.map((step) => first - step)
    const replica = graph.numberOf(REPLICAS[author] as ReplicaId)
    graph.append(replica, counters[author] as number, units, units, known)
    counters[author] = (counters[author] as number) + units
    parents.push(known)
    for (let unit = first + 1; unit < first + units; unit++) parents.push([unit - 1])
  }
  return { graph, parents }
}

describe('the difference of two versions', () => {
  it('is what sets say', () => {
    fc.assert(
      fc.property(graphs, versions, versions, (runs, formerSeed, nextSeed) => {
        const { graph, parents } = build(runs, 0)
        const within = (seed: readonly number[]) => seed.map((unit) => unit % graph.length)
        const former = within(formerSeed)
        const next = within(nextSeed)
        const difference = new VersionDifference()
        // Twice: one object serves many comparisons.
        difference.compare(graph, next, former, 0)
        difference.compare(graph, former, next, 0)
        const inFormer = closure(parents, former)
        const inNext = closure(parents, next)
        expect(unitsOf(difference.retreat)).toEqual(
          [...inFormer].filter((unit) => !inNext.has(unit)).sort(descending),
        )
        expect(unitsOf(difference.advance)).toEqual(
          [...inNext].filter((unit) => !inFormer.has(unit)).sort(descending),
        )
      }),
      { numRuns: 1000 },
    )
  })

  it('passes over what lies before its start', () => {
    const graph = new EventGraph()
    const author = graph.numberOf(REPLICAS[0] as ReplicaId)
    graph.append(author, 1, 10, 10, [])
    const difference = new VersionDifference()
    difference.compare(graph, [1], [8], 5)
    expect([difference.retreat, difference.advance]).toEqual([[], [5, 8]])
  })
})

describe('an event graph', () => {
  it('tells the parents of each unit, its run, and the newest units', () => {
    fc.assert(
      fc.property(graphs, (runs) => {
        const { graph, parents } = build(runs, 0)
        const hasChild = new Set(parents.flat())
        expect([...graph.heads].sort(descending)).toEqual(
          parents
            .map((_, unit) => unit)
            .filter((unit) => !hasChild.has(unit))
            .sort(descending),
        )
        parents.forEach((known, unit) => {
          expect(graph.parentsOf(unit)).toEqual(known)
          const run = graph.runAt(unit)
          expect(graph.startOf(run)).toBeLessThanOrEqual(unit)
          expect(graph.endOf(run)).toBeGreaterThan(unit)
        })
      }),
    )
  })

  it('lengthens only the last run, and only by what its author does next', () => {
    const graph = new EventGraph()
    const [a, b] = REPLICAS.map((replica) => graph.numberOf(replica)) as [number, number]
    graph.append(a, 1, 2, 2, [])
    expect(graph.extend(a, 3, 3)).toBe(true)
    expect(graph.extend(a, 7, 1)).toBe(false)
    expect(graph.extend(b, 1, 1)).toBe(false)
    expect([graph.length, graph.heads, graph.nextCounterOf(a)]).toEqual([5, [4], 6])
    graph.append(b, 1, 1, 1, [])
    expect(graph.extend(a, 6, 1)).toBe(false)
    expect(graph.extend(b, 2, 1)).toBe(true)
    expect([...graph.heads]).toEqual([4, 6])
    // An op that did not fit has other counters than units: nothing continues it.
    graph.append(b, 3, 5, 1, [6])
    expect(graph.extend(b, 8, 1)).toBe(false)
    expect([graph.countersOf(graph.runAt(7)), graph.nextCounterOf(b)]).toEqual([5, 8])
  })
})

function closure(parents: readonly (readonly number[])[], version: readonly number[]): Set<number> {
  const all = new Set<number>()
  const visit = (unit: number) => {
    if (all.has(unit)) return
    all.add(unit)
    parents[unit]?.forEach(visit)
  }
  version.forEach(visit)
  return all
}

function unitsOf(ranges: readonly LocalVersion[]): number[] {
  const units: number[] = []
  for (let at = 0; at < ranges.length; at += 2) {
    for (let unit = ranges[at + 1] as number; unit >= (ranges[at] as number); unit--) units.push(unit)
  }
  return units
}

function descending(a: number, b: number): number {
  return b - a
}
