import { text, type AnyMergeRule, type ReplicaId, type SequencedOp } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { checkLog } from './check-log.js'
import type { StreamPromises } from './ledger.js'
import { counterOf, markOf, weightOf } from './marks.js'
import { streams } from './streams.js'
import { foldStreamLog } from './stream-log.js'

const stream = 'log:0'
const epoch = '00000000000000aa'
const replicaOf = (author: number): ReplicaId => String(author).padStart(32, '0') as ReplicaId

function append(seq: number, author: number, n: number, counter = n): SequencedOp {
  const rule: AnyMergeRule = streams.ruleFor(stream)
  const replica = replicaOf(author)
  const context = { replica, counter, nowMs: 0 }
  const body: unknown = rule.prepare(rule.create(), { op: 'append', value: markOf(author, n) }, context)
  return { seq, replica, counter, count: 1, base: 0, extra: [], body: rule.encodeBody(body) }
}

/** Two edits of author 0, and a batch of two of author 1 between them. */
const goodLog = [append(1, 0, 1), append(2, 1, 1), append(3, 1, 2), append(4, 0, 2)]

function promises(): StreamPromises {
  const acks = goodLog.map(({ replica, counter, seq }) => ({ stream, epoch, replica, counter, seq }))
  return {
    acks: new Map(acks.map((ack) => [`${ack.replica}/${ack.counter}`, ack])),
    claims: new Map([[replicaOf(0), { stream, epoch, replica: replicaOf(0), through: 2 }]]),
    receipts: [{ author: 0, stream, n: 2, seq: 4, atMs: 0 }],
    made: new Map([
      [0, 2],
      [1, 2],
    ]),
    batches: [{ author: 1, stream, from: 1, through: 2 }],
  }
}

function check(ops: readonly SequencedOp[], isDrained = true): ReturnType<typeof checkLog> {
  return checkLog(foldStreamLog(stream, epoch, ops), promises(), isDrained)
}

describe('checkLog', () => {
  it('has nothing against a log that holds what was promised', () => {
    expect(check(goodLog)).toEqual({ lost: 0, doubled: 0, problems: [] })
  })

  it('finds acknowledged ops that are gone', () => {
    const { lost, problems } = check(goodLog.slice(0, 3))
    expect(lost).toBeGreaterThan(0)
    expect(problems).toContain(
      `${stream}: G1: counter 2 of 000000 was acknowledged at seq 4 and is at no place`,
    )
    expect(problems).toContain(`${stream}: G1: the hub said that it had 2 of 000000 and the log has 1`)
    expect(problems).toContain(`${stream}: G1: the receipt of [0.2] named seq 4 and it is not there`)
    expect(problems).toContain(`${stream}: G2: [0.2] was made, waits nowhere and never took effect`)
  })

  it('asks for what was only made when nothing waits any more', () => {
    const open: StreamPromises = { ...promises(), made: new Map([[0, 3]]) }
    const log = foldStreamLog(stream, epoch, goodLog)
    expect(checkLog(log, open, false).problems).toEqual([])
    expect(checkLog(log, open, true)).toMatchObject({ lost: 1 })
  })

  it('finds an edit that took effect twice', () => {
    const twice = check([...goodLog, append(5, 0, 2, 3)])
    expect(twice).toMatchObject({ lost: 0, doubled: 1 })
    expect(twice.problems[0]).toContain('[0.2] took effect 2 times, at 4, 5')
  })

  it('finds a batch in pieces, and ops out of order', () => {
    const { problems } = check([append(1, 1, 1), append(2, 0, 1), append(3, 1, 2), append(4, 0, 2)])
    expect(problems).toContain(`${stream}: G6: the batch [1.1] to [1.2] is stored in pieces, at 1, 3`)
    const swapped = check([append(1, 0, 2, 1), append(2, 1, 1), append(3, 1, 2), append(4, 0, 1, 2)])
    expect(swapped.problems).toContain(`${stream}: G2: [0.1] comes after [0.2]`)
  })

  it('finds holes in seqs and counters', () => {
    const { problems } = check([append(1, 0, 1), append(2, 1, 1), append(3, 1, 2), append(5, 0, 2, 4)])
    expect(problems).toContain(`${stream}: seq 5 stands at place 4`)
    expect(problems).toContain(
      `${stream}: seq 4 has counter 4 of 000000 where 2 comes next`.replace('seq 4', 'seq 5'),
    )
  })

  it('finds another epoch', () => {
    const log = foldStreamLog(stream, '00000000000000bb', goodLog)
    expect(checkLog(log, promises(), true).lost).toBe(4)
  })
})

describe('foldStreamLog', () => {
  it('knows whose increment each is', () => {
    const counter = counterOf(4)
    const rule: AnyMergeRule = streams.ruleFor(counter)
    const ops = [4, 5, 4].map((author, index): SequencedOp => {
      const intent = { op: 'increment', amount: weightOf(author) }
      const context = { replica: replicaOf(author), counter: 1, nowMs: 0 }
      const body: unknown = rule.prepare(rule.create(), intent, context)
      return { ...context, seq: index + 1, count: 1, base: 0, extra: [], body: rule.encodeBody(body) }
    })
    expect(foldStreamLog(counter, epoch, ops).marks).toEqual([
      { author: 4, n: 1 },
      { author: 5, n: 1 },
      { author: 4, n: 2 },
    ])
  })

  it('takes removals for what they are', () => {
    const rule = text()
    const state = rule.create()
    const add = rule.prepare(
      state,
      { op: 'insert', pos: 0, text: '[3.1]' },
      { replica: replicaOf(3), counter: 1, nowMs: 0 },
    )
    if (!add) throw new Error('unreachable')
    const op = {
      replica: replicaOf(3),
      counter: 1,
      count: 5,
      base: 0,
      extra: [],
      body: rule.encodeBody(add),
      seq: 1,
    }
    rule.apply(state, { ...op, body: add })
    const remove = rule.prepare(
      state,
      { op: 'delete', pos: 0, length: 5 },
      { replica: replicaOf(3), counter: 6, nowMs: 0 },
    )
    if (!remove) throw new Error('unreachable')
    const second = { ...op, counter: 6, count: rule.countOf(remove), body: rule.encodeBody(remove), seq: 2 }
    expect(foldStreamLog('doc:0', epoch, [op, second]).marks).toEqual([{ author: 3, n: 1 }, undefined])
  })
})
