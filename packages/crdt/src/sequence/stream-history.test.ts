import { describe, expect, it } from 'vitest'
import type { OpId, ReplicaId } from '../op.js'
import { StreamHistory } from './stream-history.js'

const A = 'a'.repeat(32) as ReplicaId
const B = 'b'.repeat(32) as ReplicaId
const C = 'c'.repeat(32) as ReplicaId

/** Adds ops of one unit and tells for each whether its author knew everything. */
function createStory(floor = 0) {
  const history = new StreamHistory(floor)
  const { graph } = history
  return {
    history,
    add(
      replica: ReplicaId,
      counter: number,
      base: number,
      seq?: number,
      extra: readonly OpId[] = [],
    ): boolean {
      const past = history.pastOf({ replica, counter, base, extra, seq })
      const parents = history.parentsFor(past)
      const knewAll = graph.coversHeads(parents)
      graph.append(past.author, counter, 1, 1, parents)
      history.note(past, seq)
      return knewAll
    },
    parents: (version: number) => [...graph.parentsOf(version)].sort((a, b) => a - b),
  }
}

describe('the history of a stream', () => {
  it('reads parents from the hub order and the own chain', () => {
    const { add, parents } = createStory()
    expect(add(A, 1, 0, 1)).toBe(true)
    expect(add(A, 2, 0, 2)).toBe(true)
    expect(add(B, 1, 1, 3)).toBe(false)
    expect(add(A, 3, 3, 4)).toBe(true)
    expect([0, 1, 2, 3].map(parents)).toEqual([[], [0], [0], [1, 2]])
  })

  it('names each op of the past once', () => {
    const { add, parents } = createStory()
    add(A, 1, 0)
    add(B, 1, 0, undefined, [{ replica: A, counter: 1 }])
    add(B, 2, 0, undefined, [{ replica: A, counter: 1 }])
    expect([1, 2].map(parents)).toEqual([[0], [1]])
  })

  it('knows where a pending op stands once it is settled', () => {
    const { history, add, parents } = createStory()
    add(A, 1, 0)
    expect(add(B, 1, 0, 1)).toBe(false)
    history.settle({ replica: A, counter: 1 }, 2)
    expect(add(B, 2, 1, 3)).toBe(false)
    expect(add(C, 1, 2, 4)).toBe(false)
    expect(add(C, 2, 4, 5)).toBe(true)
    expect([2, 3, 4].map(parents)).toEqual([[1], [0, 1], [2, 3]])
  })

  it('passes over seqs of ops that could not be read', () => {
    const { add, parents } = createStory(10)
    add(A, 1, 10, 11)
    add(A, 2, 13, 14)
    add(B, 1, 12, 15)
    expect([1, 2].map(parents)).toEqual([[0], [0]])
  })

  it('lets no placed op know one that is not placed, or does not exist', () => {
    const { add, parents } = createStory()
    add(A, 1, 0)
    const all = [A, B, C].map((replica) => ({ replica, counter: 99 }))
    expect(add(B, 1, 99, 1, all)).toBe(false)
    expect(parents(1)).toEqual([])
  })

  it('lets nobody know what comes later, whatever base it claims', () => {
    const { add, parents } = createStory()
    add(A, 1, 99, 1)
    add(B, 1, 0, 2)
    add(A, 2, 1, 3)
    expect(parents(2)).toEqual([0])
  })

  it('holds an op in the middle of which another one says it ends', () => {
    const { add, parents } = createStory()
    add(A, 1, 0, 1)
    add(A, 5, 0, 2)
    add(B, 1, 0, 3, [{ replica: A, counter: 3 }])
    add(C, 1, 0, 4, [{ replica: A, counter: 7 }])
    expect([2, 3].map(parents)).toEqual([[0], [1]])
  })

  it('settles nothing that it does not hold', () => {
    const { history, add, parents } = createStory()
    add(A, 5, 0)
    history.settle({ replica: A, counter: 6 }, 1)
    history.settle({ replica: B, counter: 1 }, 1)
    add(B, 1, 1, 2)
    expect(parents(1)).toEqual([])
  })

  it('orders units by replica, then by counter', () => {
    const { history, add } = createStory()
    add(B, 1, 0)
    add(A, 9, 0)
    add(A, 10, 0)
    expect(history.graph.compareIds(0, 1)).toBeGreaterThan(0)
    expect(history.graph.compareIds(1, 2)).toBeLessThan(0)
  })
})
