import { describe, expect, it } from 'vitest'
import { counter } from './counter.js'
import type { CounterRule } from './counter.js'
import { FlowSyncError } from './errors.js'
import { Fold, carryOver } from './fold.js'
import { log } from './log.js'
import type { Op, ReplicaId, SequencedOp } from './op.js'

const [ann, ben] = ['a', 'b'].map((digit) => digit.repeat(32) as ReplicaId) as [ReplicaId, ReplicaId]
const chat = log<string>()

const chatFold = () => new Fold(chat)

function append(fold: ReturnType<typeof chatFold>, replica: ReplicaId, count: number, value: string): Op {
  const prepared = fold.prepare({ op: 'append', value }, { replica, counter: count, nowMs: 0 })
  if (!prepared) throw new Error('an append is never without effect')
  return prepared.op
}

const at = (seq: number, op: Op): SequencedOp => ({ ...op, seq })

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('Fold', () => {
  it('shows own ops at once and keeps them last until they have their place', () => {
    const mine = chatFold()
    const theirs = chatFold()
    const hello = append(mine, ann, 1, 'hello')
    const hi = append(theirs, ben, 1, 'hi')
    expect(mine.receive(at(1, hi))).toEqual({ kind: 'applied', deltas: [] })
    expect(mine.value).toEqual(['hi', 'hello'])
    expect(mine.receive(at(2, hello))).toEqual({ kind: 'settled' })
    expect(mine.value).toEqual(['hi', 'hello'])
    expect([mine.seq, mine.pendingCount]).toEqual([2, 0])
  })

  it('writes down what an op was made on', () => {
    const fold = chatFold()
    fold.receive(at(1, append(chatFold(), ben, 1, 'first')))
    const other = { ...append(chatFold(), ben, 2, 'from the next tab'), base: 1 }
    fold.addPending(other)
    const op = append(fold, ann, 1, 'mine')
    expect(op).toMatchObject({
      replica: ann,
      counter: 1,
      count: 1,
      base: 1,
      extra: [{ replica: ben, counter: 2 }],
    })
    expect(append(fold, ann, 2, 'more').extra).toEqual([{ replica: ben, counter: 2 }])
    fold.receive(at(2, other))
    expect(append(fold, ann, 3, 'later')).toMatchObject({ base: 2, extra: [] })
    expect(fold.pending.map(({ op: { counter: own } }) => own)).toEqual([1, 2, 3])
  })

  it('takes nothing twice and nothing out of order', () => {
    const fold = chatFold()
    const author = chatFold()
    const [first, second, third] = ['1', '2', '3'].map((value, index) =>
      at(index + 1, append(author, ben, index + 1, value)),
    )
    if (!first || !second || !third) throw new Error('three ops were made')
    fold.receive(first)
    const { value } = fold
    expect(fold.receive(first)).toEqual({ kind: 'duplicate' })
    expect(fold.receive(third)).toEqual({ kind: 'gap', expectedSeq: 2 })
    expect(fold.value).toBe(value)
    expect(fold.receive(second).kind).toBe('applied')
    expect(fold.receive(third).kind).toBe('applied')
    expect(fold.value).toEqual(['1', '2', '3'])
  })

  it('gives an op that it cannot read its seq and nothing else', () => {
    const fold = chatFold()
    const op = append(chatFold(), ben, 1, 'hi')
    const { value } = fold
    const unreadable = fold.receive(at(1, { ...op, body: Uint8Array.of(9) }))
    expect(unreadable).toMatchObject({ kind: 'ignored', error: { code: 'op/invalid' } })
    const lying = fold.receive(at(2, { ...op, count: 2 }))
    expect(lying).toMatchObject({ kind: 'ignored', error: { code: 'op/invalid' } })
    expect(fold.value).toBe(value)
    expect(fold.seq).toBe(2)
  })

  it('does not hide a defect of a rule', () => {
    const broken: CounterRule = { ...counter(), decodeBody: () => JSON.parse('{') as number }
    const op = { replica: ben, counter: 1, count: 1, base: 0, extra: [], body: Uint8Array.of(1) }
    expect(() => new Fold(broken).receive(at(1, op))).toThrow(SyntaxError)
  })

  it('refuses a kept op that it cannot take, and stays as it was', () => {
    const fold = chatFold()
    const op = append(chatFold(), ben, 1, 'hi')
    const { value } = fold
    expect(thrownBy(() => fold.addPending({ ...op, body: Uint8Array.of(9) }))).toMatchObject({
      code: 'op/invalid',
    })
    expect(thrownBy(() => fold.addPending({ ...op, count: 3 }))).toMatchObject({ code: 'op/invalid' })
    expect(thrownBy(() => fold.addPending({ ...op, base: 1 }))).toMatchObject({
      code: 'op/unknown-base',
      retryable: true,
      details: { base: 1, seq: 0 },
    })
    expect(fold.value).toBe(value)
    expect(fold.pending).toEqual([])
  })

  it('asks for history where its rule knows none', () => {
    const short: CounterRule = { ...counter(), floor: () => 3 }
    const op = { replica: ben, counter: 1, count: 1, base: 2, extra: [], body: counter().encodeBody(1) }
    const fold = new Fold(short, { state: counter().encodeState(counter().create()), seq: 5 })
    expect(fold.receive(at(6, op))).toEqual({ kind: 'needs-history', base: 2 })
    expect(thrownBy(() => fold.addPending(op))).toMatchObject({
      code: 'op/needs-history',
      details: { base: 2, floor: 3 },
    })
    expect([fold.seq, fold.value, fold.pendingCount]).toEqual([5, 0, 0])
    expect(fold.receive(at(6, { ...op, base: 3 })).kind).toBe('applied')
  })

  it('encodes what has its place, and continues from there', () => {
    const fold = chatFold()
    const op = append(fold, ann, 1, 'hi')
    expect(thrownBy(() => fold.encodeState())).toMatchObject({ code: 'state/pending' })
    fold.receive(at(1, op))
    const copy = new Fold(chat, { state: fold.encodeState(), seq: 1 })
    expect(copy.value).toEqual(['hi'])
    expect(copy.seq).toBe(1)
    expect(copy.receive(at(1, op)).kind).toBe('duplicate')
    expect(thrownBy(() => new Fold(chat, { state: Uint8Array.of(9), seq: 1 }))).toMatchObject({
      code: 'state/invalid',
    })
  })

  it('makes no op of an intent that changes nothing', () => {
    const fold = new Fold(counter())
    expect(
      fold.prepare({ op: 'increment', amount: 0 }, { replica: ann, counter: 1, nowMs: 0 }),
    ).toBeUndefined()
    expect(fold.pendingCount).toBe(0)
  })
})

describe('carryOver', () => {
  const mintFrom = (start: number) => {
    let next = start
    return (count: number) => {
      const id = { replica: ben, counter: next }
      next += count
      return id
    }
  }

  it('makes what is kept anew on the other past', () => {
    const mine = chatFold()
    const ops = ['one', 'refused', 'three'].map((value, index) => append(mine, ann, index + 1, value))
    const target = new Fold(chat)
    target.receive(at(1, append(chatFold(), ann, 9, 'of the new epoch')))
    const pending = ops.map((op, index) => ({ op, keep: index !== 1 }))
    const carried = carryOver(pending, new Fold(chat), target, mintFrom(4))
    expect(carried.map(({ replica, counter: own, base }) => [replica, own, base])).toEqual([
      [ben, 4, 1],
      [ben, 5, 1],
    ])
    expect(target.value).toEqual(['of the new epoch', 'one', 'three'])
    expect(target.pending.map(({ op }) => op)).toEqual(carried)
  })

  it('lets the rule see what an op was made on and what it comes to, and drops what it drops', () => {
    const seen: [number, number][] = []
    const rule: CounterRule = {
      ...counter(),
      rebase: (body, before, after) => {
        seen.push([before, after])
        return body === 2 ? undefined : body * 10
      },
    }
    const mine = new Fold(rule)
    const pending = [1, 2, 3].map((amount, index) => {
      const prepared = mine.prepare(
        { op: 'increment', amount },
        { replica: ann, counter: index + 1, nowMs: 0 },
      )
      if (!prepared) throw new FlowSyncError('op/invalid', 'an increment is never without effect')
      return { op: prepared.op, keep: true }
    })
    const target = new Fold(rule)
    const carried = carryOver(pending, new Fold(rule), target, mintFrom(1))
    expect(seen).toEqual([
      [0, 0],
      [1, 10],
      [3, 10],
    ])
    expect(carried.map(({ counter: own }) => own)).toEqual([1, 2])
    expect(target.value).toBe(40)
  })
})
