import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { checkDense, findMarker } from './log-checks.js'

const a = 'a'.repeat(32) as ReplicaId
const b = 'b'.repeat(32) as ReplicaId

function op(seq: number, replica: ReplicaId, counter: number, count = 1, body = 'x'): SequencedOp {
  return { seq, replica, counter, count, base: 0, extra: [], body: new TextEncoder().encode(body) }
}

describe('checkDense', () => {
  it('takes a log without gaps', () => {
    expect(checkDense([op(1, a, 1, 3), op(2, b, 1), op(3, a, 4), op(4, b, 2)])).toEqual([])
  })

  it('finds gaps, repetitions and swaps', () => {
    expect(checkDense([op(1, a, 1), op(3, b, 1)])).toHaveLength(1)
    expect(checkDense([op(1, a, 1), op(2, a, 1)])).toHaveLength(1)
    expect(checkDense([op(1, a, 1, 2), op(2, a, 2)])).toHaveLength(1)
    expect(checkDense([op(1, a, 2), op(2, a, 1)]).length).toBeGreaterThan(0)
  })
})

describe('findMarker', () => {
  it('finds every op that holds it', () => {
    const ops = [op(1, a, 1, 1, 'see <0.1>!'), op(2, a, 2, 1, '<0.11>'), op(3, b, 1, 1, '<0.1>')]
    expect(findMarker(ops, '<0.1>')).toEqual([1, 3])
    expect(findMarker(ops, '<0.2>')).toEqual([])
  })
})
