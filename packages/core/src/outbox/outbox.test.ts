import { FlowSyncError, type ReplicaId } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { createOutboxOp } from '../stream/stream.js'
import { Outbox, type OutboxOp } from './outbox.js'

const [a, b] = ['a', 'b'].map((digit) => digit.repeat(32) as ReplicaId) as [ReplicaId, ReplicaId]

function made(replica: ReplicaId, counter: number, count = 1, base = 0): OutboxOp {
  const op = { replica, counter, count, base, extra: [], body: new Uint8Array() }
  return createOutboxOp(op, replica, counter, undefined)
}

function filled(...ops: readonly OutboxOp[]): Outbox {
  const outbox = new Outbox()
  for (const op of ops) outbox.add(op)
  return outbox
}

describe('Outbox', () => {
  it('keeps order, finds by id and names ranges', () => {
    const outbox = filled(made(b, 4), made(a, 1, 3, 9), made(a, 4, 2, 7))
    expect([...outbox].map(({ op }) => op.counter)).toEqual([4, 1, 4])
    expect(outbox.find(a, 4)?.op.count).toBe(2)
    expect(outbox.find(a, 2)).toBeUndefined()
    expect(outbox.find('c'.repeat(32) as ReplicaId, 1)).toBeUndefined()
    expect(outbox.ranges()).toEqual([
      { replica: b, from: 4, through: 4 },
      { replica: a, from: 1, through: 5 },
    ])
    expect(outbox.minBase).toBe(0)
    expect(new Outbox().minBase).toBe(Infinity)
  })

  it('counts what the hub has neither acknowledged nor refused', () => {
    const [first, second, third] = [made(a, 1), made(a, 2), made(a, 3)]
    const outbox = filled(first, second, third)
    outbox.acknowledge(first, 5)
    outbox.acknowledge(first, 6)
    outbox.refuse(second, new FlowSyncError('op/invalid', 'No.'))
    expect([outbox.pendingCount, first.seq]).toEqual([1, 5])
    outbox.remove(first)
    outbox.remove(second)
    outbox.remove(second)
    expect(outbox.pendingCount).toBe(1)
    outbox.remove(third)
    outbox.acknowledge(third, 9)
    expect([outbox.pendingCount, outbox.isEmpty]).toEqual([0, true])
  })

  it('takes 100,000 ops from the front without a pause', () => {
    const ops = Array.from({ length: 100_000 }, (_, index) => made(a, index + 1))
    const outbox = filled(...ops.slice(0, 10))
    for (const op of ops.slice(10)) outbox.add(op)
    const started = performance.now()
    for (const { op } of ops) {
      const found = outbox.find(op.replica, op.counter)
      if (found) outbox.remove(found)
    }
    expect(outbox.isEmpty).toBe(true)
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  it('removes from the middle', () => {
    const [first, second, third] = [made(a, 1), made(b, 1), made(a, 2)]
    const outbox = filled(first, second, third)
    outbox.remove(second)
    expect([...outbox]).toEqual([first, third])
    expect(outbox.find(b, 1)).toBeUndefined()
  })
})
