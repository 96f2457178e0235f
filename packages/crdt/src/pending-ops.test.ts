import { describe, expect, it } from 'vitest'
import type { ReplicaId } from './op.js'
import { PendingOps } from './pending-ops.js'

const [ann, ben, cid] = ['a', 'b', 'c'].map((digit) => digit.repeat(32) as ReplicaId) as [
  ReplicaId,
  ReplicaId,
  ReplicaId,
]

function of(...ids: readonly (readonly [ReplicaId, number, number?])[]) {
  const pending = new PendingOps<{ op: { replica: ReplicaId; counter: number; count: number } }>()
  for (const [replica, counter, count = 1] of ids) pending.add({ op: { replica, counter, count } })
  return pending
}

const counters = (pending: ReturnType<typeof of>) => pending.list().map(({ op }) => op.counter)

describe('PendingOps', () => {
  it('keep the order in which they were added', () => {
    const pending = of([ann, 1], [ben, 5], [ann, 2])
    expect(pending.take({ replica: ben, counter: 5 })?.op.counter).toBe(5)
    expect(counters(pending)).toEqual([1, 2])
    expect(pending.take({ replica: ann, counter: 1 })?.op.counter).toBe(1)
    expect(counters(pending)).toEqual([2])
    expect(pending.count).toBe(1)
  })

  it('find nothing that is not there', () => {
    const pending = of([ann, 1])
    expect(pending.take({ replica: ben, counter: 1 })).toBeUndefined()
    expect(pending.take({ replica: ann, counter: 2 })).toBeUndefined()
    expect(pending.count).toBe(1)
  })

  it('name the last counter of every other replica', () => {
    const pending = of([ann, 1, 3], [ben, 5], [ann, 4, 2], [cid, 1])
    expect(pending.headsBeside(ben)).toEqual([
      { replica: ann, counter: 5 },
      { replica: cid, counter: 1 },
    ])
    pending.take({ replica: ann, counter: 1 })
    pending.take({ replica: cid, counter: 1 })
    expect(pending.headsBeside(ben)).toEqual([{ replica: ann, counter: 5 }])
    pending.take({ replica: ann, counter: 4 })
    expect(pending.headsBeside(ben)).toEqual([])
  })

  it('name the other replica when that is the only one left', () => {
    const pending = of([ben, 5], [ann, 1])
    pending.take({ replica: ann, counter: 1 })
    expect(pending.headsBeside(ann)).toEqual([{ replica: ben, counter: 5 }])
    expect(pending.headsBeside(ben)).toEqual([])
  })

  it('leave from the front of a long queue', () => {
    const pending = of(...Array.from({ length: 500 }, (_, index) => [ann, index + 1] as const))
    for (let counter = 1; counter <= 400; counter++)
      expect(pending.take({ replica: ann, counter })).toBeDefined()
    expect(counters(pending)).toEqual(Array.from({ length: 100 }, (_, index) => 401 + index))
  })
})
