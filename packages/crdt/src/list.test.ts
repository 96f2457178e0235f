import { describe, expect, it } from 'vitest'
import { Fold, carryOver } from './fold.js'
import type { Json } from './json.js'
import { list } from './list.js'
import type { ListIntent } from './list.js'
import type { ListBody } from './list/list-body.js'
import { applyListDeltas } from './list/list-delta.js'
import type { ListDelta } from './list/list-delta.js'
import type { ListState } from './list/list-state.js'
import type { Op, ReplicaId, SequencedOp } from './op.js'
import type { StandardSchema } from './schema.js'
import { createSession } from './tests/session.js'

const rule = list<string>()
const { insert, append, delete: remove, set, move } = rule.actions
const NOW_MS = 1_760_000_000_000
const YEAR_MS = 365.25 * 24 * 3_600_000

/** Clients that all have the same items. */
function sessionWith(clients: number, ...items: string[]) {
  const session = createSession(rule, clients)
  session.edit(0, append(...items))
  session.send(0)
  session.pull()
  const values = () => Array.from({ length: clients }, (_, client) => session.value(client).join(' '))
  /** All edits of these clients reach everybody, in this order. Returns what all show. */
  const exchange = (...order: number[]) => {
    session.send(...order)
    session.pull()
    const [first = ''] = values()
    expect(values()).toEqual(Array.from({ length: clients }, () => first))
    const state = session.state(0)
    for (let client = 1; client < clients; client++) expect(session.state(client)).toEqual(state)
    return first
  }
  return { ...session, values, exchange }
}

const orders = [[0, 1] as const, [1, 0] as const]

describe('list', () => {
  it('inserts, appends, deletes, sets and moves', () => {
    const session = sessionWith(1, 'a', 'b', 'c')
    session.edit(0, insert(1, 'x', 'y'))
    expect(session.values()).toEqual(['a x y b c'])
    session.edit(0, move(4, 0))
    expect(session.values()).toEqual(['c a x y b'])
    session.edit(0, move(0, 2))
    expect(session.values()).toEqual(['a x c y b'])
    session.edit(0, set(2, 'C'))
    session.edit(0, remove(3, 2))
    session.edit(0, remove(0))
    session.edit(0, append('z'))
    expect(session.values()).toEqual(['x C z'])
    expect(session.exchange(0)).toBe('x C z')
  })

  it('cuts what reaches beyond the end', () => {
    const session = sessionWith(1, 'a', 'b')
    session.edit(0, insert(2 ** 53 - 1, 'c'))
    session.edit(0, move(0, 99))
    session.edit(0, remove(1, 99))
    expect(session.values()).toEqual(['b'])
    const before = session.value(0)
    for (const nothing of [remove(1, 5), remove(0, 0), set(1, 'x'), move(1, 0), move(0, 5), insert(0)])
      session.edit(0, nothing)
    expect(session.value(0)).toBe(before)
  })

  it('keeps items that did not change, and the array until something does', () => {
    const tasks = list<{ readonly title: string }>()
    const session = createSession(tasks, 2)
    session.edit(0, tasks.actions.append({ title: 'one' }, { title: 'two' }))
    const [one, two] = session.value(0)
    const before = session.value(0)
    expect(Object.isFrozen(before) && Object.isFrozen(one)).toBe(true)
    session.edit(0, tasks.actions.set(1, { title: 'two' }))
    session.send(0)
    session.pull()
    expect(session.value(0)).toBe(before)
    session.edit(0, tasks.actions.move(0, 1))
    expect(session.value(0)[0]).toBe(two)
    expect(session.value(0)[1]).toBe(one)
  })

  it.each(orders)('keeps what two insert at one place apart, sent %d first', (...order) => {
    const session = sessionWith(2, 'a', 'z')
    for (const item of ['b', 'c', 'd']) session.edit(0, insert(1, item))
    for (const item of ['1', '2', '3']) session.edit(1, insert(1, item))
    expect(session.exchange(...order)).toBe('a d c b 3 2 1 z')
  })

  it.each(orders)('moves an item that is set at the same time, sent %d first', (...order) => {
    const session = sessionWith(2, 'a', 'b', 'c')
    session.edit(0, move(0, 2))
    session.edit(1, set(0, 'A'))
    expect(session.exchange(...order)).toBe('b c A')
  })

  it.each(orders)('gives concurrent values of one item the latest, sent %d first', (...order) => {
    const session = sessionWith(2, 'a', 'b')
    session.edit(0, set(1, 'later'), NOW_MS + 1)
    session.edit(1, set(1, 'earlier'), NOW_MS)
    expect(session.exchange(...order)).toBe('a later')
  })

  it('gives a value to who had seen the other, whatever the clocks say', () => {
    const session = sessionWith(2, 'a')
    session.edit(0, set(0, 'from the future'), NOW_MS + 10 * YEAR_MS)
    session.exchange(0)
    session.edit(1, set(0, 'seen and replaced'), NOW_MS)
    expect(session.exchange(1)).toBe('seen and replaced')
  })

  it.each(orders)('puts an item that two move to one place, sent %d first', (...order) => {
    const session = sessionWith(2, 'a', 'b', 'c', 'd')
    session.edit(0, move(0, 3), NOW_MS + 1)
    session.edit(1, move(0, 1), NOW_MS)
    expect(session.exchange(...order)).toBe('b c d a')
    // The place that lost is still there for positions, which is nobody's business.
    session.edit(0, insert(1, 'x'))
    session.edit(1, set(3, 'A'))
    expect(session.exchange(...order)).toBe('b x c d A')
    session.edit(1, move(4, 1))
    expect(session.exchange(1)).toBe('b A x c d')
    session.edit(0, remove(1))
    expect(session.exchange(0)).toBe('b x c d')
  })

  it.each(orders)('lets two move different items, sent %d first', (...order) => {
    const session = sessionWith(2, 'a', 'b', 'c', 'd')
    session.edit(0, move(0, 3))
    session.edit(1, move(3, 0))
    expect(session.exchange(...order)).toBe('d b c a')
  })

  it.each(orders)('keeps deleted what somebody moves or sets at the same time, sent %d first', (...order) => {
    const session = sessionWith(2, 'a', 'b', 'c', 'd')
    session.edit(0, remove(0, 2))
    session.edit(1, move(0, 3), NOW_MS + YEAR_MS)
    session.edit(1, set(0, 'B'), NOW_MS + YEAR_MS)
    expect(session.exchange(...order)).toBe('c d')
  })

  it('cleans up after moves that lost', () => {
    const session = sessionWith(2, 'a', 'b', 'c')
    const untouched = session.state(0).length
    for (let times = 0; times < 20; times++) {
      session.edit(0, move(0, 2), NOW_MS + 1)
      session.edit(1, move(0, 1), NOW_MS)
      session.exchange(0, 1)
    }
    // At most one slot for each of the items is left behind.
    expect(session.state(0).length).toBeLessThan(untouched + 3 * 3 + 1)

    // Deleted items leave nothing, after the next edit of anybody.
    session.edit(0, remove(0, 3))
    session.edit(1, move(0, 2))
    session.edit(1, move(0, 2))
    expect(session.exchange(0, 1)).toBe('')
    session.edit(1, append('d'))
    expect(session.exchange(1)).toBe('d')
    expect(Buffer.from(session.state(0)).toString('hex')).toBe('01040100030003226422')
  })

  it('does not grow by being overwritten', () => {
    const session = sessionWith(1, 'a', 'b', 'c')
    const before = session.state(0).length
    for (let times = 0; times < 300; times++) {
      session.edit(0, set(times % 3, 'x'))
      session.edit(0, move(times % 3, (times + 1) % 3))
    }
    session.exchange(0)
    expect(session.state(0).length).toBeLessThan(before + 6)
  })

  it('tells changes that lead from the former list to the new one', () => {
    const fold = new Fold(rule)
    let counter = 1
    const edit = (intent: ListIntent<string>) => {
      const id = { replica: '1'.repeat(32) as ReplicaId, counter }
      const prepared = fold.prepare(intent, { ...id, nowMs: 0 })
      counter += prepared?.op.count ?? 0
      return prepared?.deltas
    }
    expect(edit(append('a', 'b', 'c'))).toEqual([{ position: 0, deleteCount: 0, insert: ['a', 'b', 'c'] }])
    expect(edit(set(1, 'B'))).toEqual([{ position: 1, deleteCount: 1, insert: ['B'] }])
    expect(edit(move(0, 2))).toEqual([
      { position: 0, deleteCount: 1, insert: [] },
      { position: 2, deleteCount: 0, insert: ['a'] },
    ])
    expect(edit(remove(0, 2))).toEqual([{ position: 0, deleteCount: 2, insert: [] }])
    expect(edit(set(0, 'a'))).toEqual([])
    expect(fold.value).toEqual(['a'])
  })

  it('asks for history when an op is older than the snapshot', () => {
    const session = sessionWith(2, 'a')
    const fold = new Fold(rule, { state: session.state(0), seq: 1 })
    const body = session.lastBody
    const old = {
      replica: '9'.repeat(32) as ReplicaId,
      counter: 1,
      count: 1,
      base: 0,
      extra: [],
      seq: 2,
      body,
    }
    expect(fold.receive(old)).toEqual({ kind: 'needs-history', base: 0 })
  })
})

describe('list with a schema', () => {
  const trimmed: StandardSchema<string, string> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value === 'string' ? { value: value.trim() } : { issues: [{ message: 'a text' }] },
    },
  }

  it('stores what the schema makes of values, and refuses what it refuses', () => {
    const session = createSession(list({ schema: trimmed }), 1)
    session.edit(0, append(' a ', 'b '))
    session.edit(0, set(1, ' c'))
    expect(session.value(0)).toEqual(['a', 'c'])
    const untyped: StandardSchema = trimmed
    const other = createSession(list({ schema: untyped }), 1)
    for (const bad of [
      { op: 'insert', pos: 0, values: ['a', 1] } as const,
      { op: 'set', pos: 0, value: 1 } as const,
    ])
      expect(() => other.edit(0, bad)).toThrow(expect.objectContaining({ code: 'op/invalid-intent' }))
    expect(other.value(0)).toEqual([])
  })
})

describe('edits carried over to another list', () => {
  const old = '1'.repeat(32) as ReplicaId
  const young = '2'.repeat(32) as ReplicaId

  /** Makes edits on `before` and carries them over to `after`. Returns what that shows then. */
  function carried(
    before: readonly string[],
    after: readonly string[],
    ...edits: ListIntent<string>[]
  ): string {
    const offline = foldOf(before)
    let counter = 100
    for (const edit of edits) {
      const prepared = offline.prepare(edit, { replica: old, counter, nowMs: 0 })
      counter += prepared?.op.count ?? 0
    }
    const pending = offline.pending.map(({ op }) => ({ op, keep: true }))
    const target = foldOf(after)
    let next = 100
    const ops = carryOver(pending, foldOf(before), target, (count) => {
      next += count
      return { replica: young, counter: next - count }
    })
    const reader = foldOf(after)
    for (const op of ops) reader.receive({ ...op, seq: reader.seq + 1 })
    expect(reader.value).toEqual(target.value)
    return target.value.join(' ')
  }

  function foldOf(
    items: readonly string[],
  ): Fold<readonly string[], ListIntent<string>, ListBody, ListState, ListDelta<string>> {
    const fold = new Fold(rule)
    const prepared = new Fold(rule).prepare(append(...items), { replica: old, counter: 1, nowMs: 0 })
    if (prepared) fold.receive({ ...prepared.op, seq: 1 })
    return fold
  }

  it.each<[string, string, string, string, ListIntent<string>[]]>([
    ['an insertion at the end', 'a b', 'a b c', 'a b c x', [append('x')]],
    ['an insertion between', 'a b', 'a c b', 'a x c b', [insert(1, 'x')]],
    ['a deletion of what is there', 'a b c', 'a n c', 'n', [remove(0, 3)]],
    ['a value of what is there', 'a b c', 'n a b c', 'n a b C', [set(2, 'C')]],
    ['a value of what is gone', 'a b c', 'a c', 'a c', [set(1, 'B')]],
    ['a move', 'a b c d', 'a b c d e', 'b c a d e', [move(0, 2)]],
    ['a move to the front', 'a b c d', 'n a b c d', 'd n a b c', [move(3, 0)]],
    ['edits of own items', 'a', '', 'Y', [append('x', 'y'), set(2, 'Y'), move(2, 0), remove(1, 2)]],
  ])('%s', (_name, before, after, result, edits) => {
    const words = (text: string) => text.split(' ').filter((word) => word !== '')
    expect(carried(words(before), words(after), ...edits)).toBe(result)
  })
})

describe('applyListDeltas', () => {
  it('keeps the list when nothing changed', () => {
    const before: readonly Json[] = [1, 2]
    expect(applyListDeltas(before, [])).toBe(before)
    expect(applyListDeltas(before, [{ position: 1, deleteCount: 1, insert: [3, 4] }])).toEqual([1, 3, 4])
  })
})

describe('hostile ops of a list', () => {
  const forger = 'f'.repeat(32) as ReplicaId

  function received(base: number, ...bodies: ListBody[]) {
    const fold = new Fold(rule)
    const log: SequencedOp[] = []
    const place = (op: Op) => {
      log.push({ ...op, seq: log.length + 1 })
      return fold.receive(log.at(-1) as SequencedOp)
    }
    const first = new Fold(rule).prepare(append('a', 'b', 'c'), {
      replica: '1'.repeat(32) as ReplicaId,
      counter: 1,
      nowMs: 0,
    })
    if (first) place(first.op)
    let counter = 1
    for (const body of bodies) {
      const count = rule.countOf(body)
      place({ replica: forger, counter, count, base, extra: [], body: rule.encodeBody(body) })
      counter += count
    }
    return { value: fold.value.join(' '), fold }
  }

  const stamp = { ms: 0, count: 0 }
  const json = { value: 'x', text: '"x"' }
  const none = { placed: [], own: [], foreign: [] }

  it('name what nobody made', () => {
    for (const name of [
      { kind: 'placed', serial: 3 },
      { kind: 'own', counter: 1 },
      { kind: 'foreign', replica: '1'.repeat(32) as ReplicaId, counter: 1 },
    ] as const) {
      const { value } = received(1, { kind: 'set', position: 9, name, stamp, json })
      expect(value).toBe('a b c')
    }
  })

  it('name what the author had not seen', () => {
    const name = { kind: 'placed', serial: 0 } as const
    expect(received(0, { kind: 'set', position: 0, name, stamp, json }).value).toBe('a b c')
    expect(received(1, { kind: 'set', position: 0, name, stamp, json }).value).toBe('x b c')
  })

  it('delete by name alone or by place alone, and what is hidden by place comes back when it is moved', () => {
    const everything = { first: 0, count: 2 ** 53 - 1 }
    const nothing = { position: 99, count: 1 }
    expect(
      received(1, { kind: 'delete', ranges: [nothing], names: { ...none, placed: [everything] } }).value,
    ).toBe('')
    const hide: ListBody = { kind: 'delete', ranges: [{ position: 1, count: 2 }], names: none }
    const hidden = received(1, hide)
    expect(hidden.value).toBe('a')
    const bring: ListBody = {
      kind: 'move',
      ranges: [nothing],
      position: 0,
      name: { kind: 'placed', serial: 2 },
      stamp,
    }
    const brought = received(1, hide, bring)
    expect(brought.value).toBe('c a')
    // The same from a snapshot in between.
    const { fold } = hidden
    const again = new Fold(rule, { state: fold.encodeState(), seq: 2 })
    again.receive({
      replica: forger,
      counter: 2,
      count: 2,
      base: 2,
      extra: [],
      seq: 3,
      body: rule.encodeBody(bring),
    })
    expect(again.value).toEqual(['c', 'a'])
    expect(again.encodeState()).toEqual(brought.fold.encodeState())
  })
})
