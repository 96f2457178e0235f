import { describe, expect, it } from 'vitest'
import type { DocTarget } from './doc/body.js'
import { newCounter, newText } from './doc/new-container.js'
import type { DocNode } from './doc/node.js'
import { doc } from './doc.js'
import { Fold, carryOver } from './fold.js'
import { JSON_MAX_DEPTH } from './json.js'
import type { ReplicaId, SequencedOp } from './op.js'
import { createSession } from './tests/session.js'

const rule = doc()
const shaped = doc({ shape: { body: 'text', votes: 'counter', items: 'list', meta: { note: 'text' } } })
const a = rule.actions
const me = 'a0'.repeat(16) as ReplicaId
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const refused = (message: RegExp) =>
  expect.objectContaining({
    code: 'op/invalid-intent',
    message: expect.stringMatching(message) as string,
  }) as Error

/** A document of one client with these edits. */
function edited(...intents: readonly ReturnType<(typeof a)['set']>[]) {
  const session = createSession(rule, 1)
  for (const intent of intents) session.edit(0, intent)
  return session
}

describe('a document', () => {
  it('is edited by path at any depth', () => {
    const session = edited(
      a.set(['title'], 'x'),
      a.set(['nested'], { tags: ['a', 'b'], deep: { done: false } }),
      a.set(['nested', 'deep', 'done'], true),
      a.insert(['nested', 'tags'], 1, 'c', { name: 'd' }),
      a.set(['nested', 'tags', 2, 'name'], 'e'),
      a.set(['nested', 'tags', 0], null),
      a.delete(['nested', 'tags', 3]),
      a.move(['nested', 'tags'], 0, 2),
      a.createText(['body'], 'hllo'),
      a.insertText(['body'], 1, 'e'),
      a.replaceText(['body'], 0, 1, 'J'),
      a.deleteText(['body'], 4, 9),
      a.createCounter(['votes'], 3),
      a.increment(['votes']),
      a.decrement(['votes'], 0.5),
    )
    expect(session.value(0)).toEqual({
      title: 'x',
      nested: { tags: ['c', { name: 'e' }, null], deep: { done: true } },
      body: 'Jell',
      votes: 3.5,
    })
  })

  it('takes texts and counters within values', () => {
    const session = edited(
      a.set(['todo'], [{ title: newText('buy'), votes: newCounter(2), plain: 'x' }]),
      a.insertText(['todo', 0, 'title'], 3, ' milk'),
      a.increment(['todo', 0, 'votes'], 2),
    )
    expect(session.value(0)).toEqual({ todo: [{ title: 'buy milk', votes: 4, plain: 'x' }] })
  })

  it('removes ranges, cut to the list', () => {
    const session = edited(a.set(['list'], [1, 2, 3, 4]), a.remove(['list'], 1, 2), a.remove(['list'], 1, 99))
    expect(session.value(0)).toEqual({ list: [1] })
  })

  it('has its keys in order and takes __proto__ for one of them', () => {
    const session = edited(a.set(['b'], 1), a.set(['__proto__'], { polluted: true }), a.set(['a'], 2))
    expect(JSON.stringify(session.value(0))).toBe('{"__proto__":{"polluted":true},"a":2,"b":1}')
    expect(Object.getPrototypeOf(session.value(0))).toBe(Object.prototype)
    session.edit(0, a.set(['__proto__', 'polluted'], false))
    session.edit(0, a.delete(['b']))
    expect(JSON.stringify(session.value(0))).toBe('{"__proto__":{"polluted":false},"a":2}')
    expect('polluted' in {}).toBe(false)
  })

  it.each(['\ud800', '\u0000', '\u0000"x"', '', 'é', 'x'.repeat(100)])(
    'takes %j as key and as value',
    (text) => {
      const session = edited(a.set([text], [text]))
      session.send(0)
      session.pull()
      const again = new Fold(rule, { state: session.state(0), seq: 1 })
      expect(again.value).toEqual({ [text]: [text] })
    },
  )

  it.each([0, -1, 1.5, -1e300, 2 ** 53, 5e-324, true, false, null])('takes %j as it is', (value) => {
    const session = edited(a.set(['x'], value))
    session.send(0)
    session.pull()
    expect(new Fold(rule, { state: session.state(0), seq: 1 }).value).toEqual({ x: value })
  })

  it('sends nothing where nothing is to be done', () => {
    const fold = new Fold(shaped)
    const context = { replica: me, counter: 1, nowMs: 0 }
    const s = shaped.actions
    for (const intent of [
      s.delete(['nothing']),
      s.insert(['items'], 0),
      s.remove(['items'], 0, 5),
      s.deleteText(['body'], 0, 3),
      s.increment(['votes'], 0),
    ]) {
      expect(fold.prepare(intent, context)).toBeUndefined()
    }
  })
})

describe('what a path does not name', () => {
  it.each([
    [a.set(['a', 'b'], 1), /there is nothing at \["a"\]/],
    [a.set(['text', 'b'], 1), /\["text"\] is a text and has no "b"/],
    [a.set(['list', 'b'], 1), /\["list"\] is a list and has no "b"/],
    [a.set(['list', 3], 1), /there is nothing at \["list",3\]/],
    [a.delete(['list', 1, 'deep', 'er']), /there is nothing at \["list",1,"deep"\]/],
    [a.insertText(['string'], 0, 'x'), /\["string"\] is a string, not a text; createText makes one/],
    [a.increment(['text']), /\["text"\] is a text, not a counter/],
    [a.insert(['none'], 0, 1), /there is nothing at \["none"\]/],
    [a.move(['list'], 2, 0), /there is nothing at \["list",2\]/],
    [a.set([], {}), /the root/],
  ])('is refused with its name: %j', (intent, message) => {
    const session = edited(a.createText(['text']), a.set(['string'], 'x'), a.set(['list'], [1, {}]))
    const before = session.value(0)
    expect(() => session.edit(0, intent)).toThrow(refused(message))
    expect(session.value(0)).toBe(before)
  })

  it('is refused when it were nested too deep', () => {
    const session = edited()
    const path: string[] = []
    for (let depth = 1; depth < JSON_MAX_DEPTH; depth++) {
      path.push('x')
      session.edit(0, a.set(path, {}))
    }
    session.edit(0, a.set([...path, 'x'], 1))
    expect(() => session.edit(0, a.set([...path, 'x'], {}))).toThrow(refused(/nested at most 64 deep/))
    expect(() => session.edit(0, a.set(['x', 'x'], deep(JSON_MAX_DEPTH - 1)))).toThrow(refused(/nested/))
    session.send(0)
    session.pull()
    expect(new Fold(rule, { state: session.state(0), seq: JSON_MAX_DEPTH }).value).toEqual(session.value(0))
  })
})

function deep(levels: number): unknown {
  return levels === 0 ? 0 : { x: deep(levels - 1) }
}

describe('structural sharing', () => {
  const start = { left: { list: [{ id: 1 }, { id: 2 }], text: newText('x') }, right: { n: newCounter(0) } }

  it('keeps every reference that an edit does not touch', () => {
    const session = edited(a.set(['top'], start))
    const before = session.value(0) as { top: { left: { list: readonly object[] }; right: object } }
    session.edit(0, a.set(['top', 'left', 'list', 0, 'id'], 5))
    const after = session.value(0) as typeof before
    expect(after).not.toBe(before)
    expect(after.top.left.list).not.toBe(before.top.left.list)
    expect(after.top.left.list[0]).not.toBe(before.top.left.list[0])
    expect(after.top.left.list[1]).toBe(before.top.left.list[1])
    expect(after.top.right).toBe(before.top.right)
    session.edit(0, a.increment(['top', 'right', 'n']))
    const last = session.value(0) as typeof before
    expect(last.top.left).toBe(after.top.left)
    expect(last.top.right).not.toBe(after.top.right)
  })

  it('keeps the reference when a value is set again, and when an op is settled', () => {
    const session = edited(a.set(['top'], start), a.set(['plain'], 1))
    const before = session.value(0)
    session.edit(0, a.set(['plain'], 1))
    expect(session.value(0)).toBe(before)
    session.send(0)
    session.pull()
    expect(session.value(0)).toBe(before)
  })

  it('keeps it when somebody changes what is gone', () => {
    const session = createSession(rule, 2)
    session.edit(0, a.set(['top'], start))
    session.send(0)
    session.pull()
    session.edit(0, a.delete(['top', 'left']))
    session.edit(1, a.insertText(['top', 'left', 'text'], 0, 'y'))
    session.edit(1, a.set(['top', 'left', 'new'], { a: 1 }))
    const before = session.value(0)
    session.send(1)
    session.pull(0)
    expect(session.value(0)).toBe(before)
    session.send(0)
    session.pull()
    expect(session.value(1)).toEqual(before)
    expect(session.state(1)).toEqual(session.state(0))
  })

  it('keeps it when somebody changes what lost', () => {
    const session = createSession(rule, 2)
    session.edit(0, a.set(['list'], [0]))
    session.send(0)
    session.pull()
    for (const path of [['key'], ['list', 0]]) {
      session.edit(0, a.set(path, { winner: true }), 2)
      session.edit(1, a.set(path, { winner: false }), 1)
    }
    session.send(0, 1)
    session.pull(0)
    session.edit(1, a.set(['key', 'winner'], 5))
    session.edit(1, a.set(['list', 0, 'winner'], 5))
    const before = session.value(0)
    session.send(1)
    session.pull(0)
    expect(session.value(0)).toBe(before)
    session.pull(1)
    expect(session.value(1)).toEqual(before)
  })

  it('freezes what it hands out', () => {
    const value = edited(a.set(['top'], start)).value(0)
    const check = (one: unknown): void => {
      if (typeof one !== 'object' || one === null) return
      expect(Object.isFrozen(one)).toBe(true)
      Object.values(one).forEach(check)
    }
    check(value)
  })
})

describe('at the same time', () => {
  function two(start: unknown) {
    const session = createSession(rule, 2)
    session.edit(0, a.set(['x'], start))
    session.send(0)
    session.pull()
    return session
  }
  function merged(session: ReturnType<typeof two>, ...order: number[]) {
    session.send(...(order.length > 0 ? order : [0, 1]))
    session.pull()
    expect(session.value(0)).toEqual(session.value(1))
    expect(session.state(0)).toEqual(session.state(1))
    return session.value(0)
  }

  it('an edit follows its item wherever others move it, and whatever they insert before', () => {
    const session = two([{ t: newText('one') }, { t: newText('two') }, { t: newText('three') }])
    session.edit(0, a.move(['x'], 2, 0))
    session.edit(0, a.insert(['x'], 0, 'new'))
    session.edit(1, a.insertText(['x', 2, 't'], 5, '!'))
    session.edit(1, a.set(['x', 1, 'done'], true))
    expect(merged(session)).toEqual({
      x: ['new', { t: 'three!' }, { t: 'one' }, { t: 'two', done: true }],
    })
  })

  it.each([[[0, 1]], [[1, 0]]])('an item that two move stands in one place (%j)', (order) => {
    const session = two(['a', 'b', 'c', 'd'])
    session.edit(0, a.move(['x'], 0, 3), 1)
    session.edit(1, a.move(['x'], 0, 1), 2)
    expect(merged(session, ...order)).toEqual({ x: ['b', 'a', 'c', 'd'] })
    session.edit(0, a.remove(['x'], 0, 4))
    expect(merged(session)).toEqual({ x: [] })
  })

  it.each([[[0, 1]], [[1, 0]]])('an item that one moves and another deletes is gone (%j)', (order) => {
    const session = two(['a', 'b', 'c'])
    session.edit(0, a.move(['x'], 0, 2))
    session.edit(1, a.delete(['x', 0]))
    expect(merged(session, ...order)).toEqual({ x: ['b', 'c'] })
    session.edit(1, a.insert(['x'], 2, 'd'))
    session.edit(0, a.move(['x'], 1, 0))
    expect(merged(session)).toEqual({ x: ['c', 'b', 'd'] })
  })

  it('a place that lost may win later, and removing what surrounds it does not lose the item', () => {
    const session = createSession(rule, 3)
    session.edit(0, a.set(['x'], ['a', 'b', 'c', 'd']))
    session.send(0)
    session.pull()
    // The item's place by client 1 loses against that by client 0, whose clock is hours ahead …
    session.edit(0, a.move(['x'], 0, 3), 10_000_000)
    session.edit(1, a.move(['x'], 0, 1), 5)
    session.send(0)
    session.pull(2)
    // … which client 2 replaces by an earlier one without having seen client 1's.
    session.edit(2, a.move(['x'], 3, 2), 0)
    session.send(1)
    session.pull(0)
    session.edit(0, a.remove(['x'], 0, 3))
    session.send(0, 2)
    session.pull()
    for (const client of [0, 1, 2]) expect(session.value(client)).toEqual({ x: ['a'] })
  })

  it('what hides in a snapshot moves no index', () => {
    const session = two(['a', 'b', 'c', 'd'])
    session.edit(0, a.move(['x'], 3, 0), 2)
    session.edit(1, a.move(['x'], 3, 1), 1)
    expect(merged(session)).toEqual({ x: ['d', 'a', 'b', 'c'] })
    const joiner = new Fold(rule, { state: session.state(0), seq: 3 })
    const own = { replica: me, counter: 1, nowMs: 0 }
    expect(joiner.prepare(a.set(['x', 3], 'C'), own)?.deltas).toEqual([
      { path: ['x'], type: 'list', delta: { position: 3, deleteCount: 1, insert: ['C'] } },
    ])
    joiner.prepare(a.remove(['x'], 0, 3), { ...own, counter: 2 })
    expect(joiner.value).toEqual({ x: ['C'] })
  })

  it('of two containers at one key one stays; the last stamp wins', () => {
    const session = createSession(rule, 2)
    session.edit(0, a.createText(['body'], 'zero'), 2)
    session.edit(1, a.createText(['body'], 'one'), 1)
    session.edit(1, a.insertText(['body'], 3, '!'))
    expect(merged(session)).toEqual({ body: 'zero' })
  })

  it('who has seen a value replaces it whatever the clocks say', () => {
    const session = createSession(rule, 2)
    session.edit(0, a.set(['x'], 'late'), 9_000_000)
    session.send(0)
    session.pull()
    session.edit(1, a.set(['x'], 'early'), 1)
    expect(merged(session)).toEqual({ x: 'early' })
  })

  it('what is done to a container goes with it, and setting a key survives deleting it', () => {
    const session = two({ list: [1], n: newCounter(1) })
    session.edit(0, a.set(['x', 'list'], 'replaced'))
    session.edit(0, a.delete(['x', 'n']))
    session.edit(1, a.insert(['x', 'list'], 0, [0]))
    session.edit(1, a.insert(['x', 'list', 0], 0, 'inner'))
    session.edit(1, a.increment(['x', 'n']))
    session.edit(1, a.set(['x', 'n'], 'kept'))
    expect(merged(session)).toEqual({ x: { list: 'replaced', n: 'kept' } })
  })
})

describe('what was deleted', () => {
  it('takes no memory, with all that was in it', () => {
    const state = rule.create()
    const fold = new Fold({ ...rule, create: () => state })
    const own = { replica: me, counter: 1, nowMs: 0 }
    let seq = 0
    const edit = (intent: ReturnType<(typeof a)['set']>) => {
      const made = fold.prepare(intent, own)
      if (!made) throw new Error('nothing was made')
      own.counter += made.op.count
      fold.receive({ ...made.op, seq: ++seq })
      return state.containers.size
    }
    expect(edit(a.set(['x'], { list: [{ t: newText() }, [newCounter()]], map: {} }))).toBe(7)
    expect(state.marks.at(1)?.living).toBe(10)
    expect(edit(a.set(['x', 'map'], [1]))).toBe(7)
    expect(edit(a.delete(['x', 'list', 1]))).toBe(5)
    expect(edit(a.set(['x', 'list', 0], 'plain'))).toBe(3)
    expect(edit(a.delete(['x']))).toBe(0)
    expect([1, 2, 3, 4].map((at) => state.marks.at(at))).toEqual([undefined, undefined, undefined, undefined])
  })
})

describe('a shape', () => {
  const s = shaped.actions

  it('shows before anybody has touched it', () => {
    expect(new Fold(shaped).value).toEqual({ body: '', votes: 0, items: [], meta: { note: '' } })
    expect(hex(new Fold(shaped).encodeState())).toBe(hex(new Fold(rule).encodeState()))
  })

  it('is shared by clients that begin offline', () => {
    const session = createSession(shaped, 2)
    session.edit(0, s.insertText(['body'], 0, 'zero '))
    session.edit(1, s.insertText(['body'], 0, 'one '))
    session.edit(0, s.increment(['votes']))
    session.edit(1, s.increment(['votes']))
    session.edit(0, s.insert(['items'], 0, 'a'))
    session.edit(1, s.insert(['items'], 0, 'b'))
    session.edit(1, s.insertText(['meta', 'note'], 0, 'n'))
    session.edit(0, s.set(['meta', 'plain'], 1))
    session.send(0, 1)
    session.pull()
    expect(session.value(0)).toEqual({
      body: 'zero one ',
      votes: 2,
      items: ['a', 'b'],
      meta: { note: 'n', plain: 1 },
    })
    expect(session.state(1)).toEqual(session.state(0))
  })

  it('need not be known to the hub', () => {
    const session = createSession(shaped, 1)
    session.edit(0, s.insertText(['meta', 'note'], 0, 'n'))
    session.edit(0, s.insert(['items'], 0, { t: newText('x') }))
    session.send(0)
    session.pull()
    const plain = new Fold(rule, { state: session.state(0), seq: 2 })
    expect(plain.value).toEqual({ items: [{ t: 'x' }], meta: { note: 'n' } })
    expect(hex(plain.encodeState())).toBe(hex(session.state(0)))
  })

  it('is told as a whole to those who do not know it', () => {
    const plain = new Fold(rule)
    const made = new Fold(shaped).prepare(s.insertText(['meta', 'note'], 0, 'n'), {
      replica: me,
      counter: 1,
      nowMs: 0,
    })
    if (!made) throw new Error('nothing was made')
    expect(made.deltas).toEqual([
      { path: ['meta', 'note'], type: 'text', delta: { position: 0, deleteCount: 0, insert: 'n' } },
    ])
    expect(plain.receive({ ...made.op, seq: 1 })).toEqual({
      kind: 'applied',
      deltas: [{ path: ['meta'], type: 'value', delta: { value: { note: 'n' } } }],
    })
  })

  it('may grow', () => {
    const newer = doc({ shape: { meta: { note: 'text', more: { deep: 'counter' } } } })
    const theirs = new Fold(newer)
    const mine = [new Fold(rule), new Fold(shaped)]
    const own = { replica: me, counter: 1, nowMs: 0 }
    const intents = [
      s.insertText(['meta', 'note'], 0, 'n'),
      s.increment(['meta', 'more', 'deep']),
      s.insertText(['meta', 'note'], 1, '!'),
      s.increment(['meta', 'more', 'deep']),
    ]
    for (const [index, intent] of intents.entries()) {
      const op = theirs.prepare(intent, own)?.op
      if (!op) throw new Error('nothing was made')
      own.counter += op.count
      for (const fold of mine) {
        expect(fold.value).not.toEqual(theirs.value)
        fold.receive({ ...op, seq: index + 1 })
        if (index > 0) expect(fold.value).toMatchObject(theirs.value)
      }
    }
    expect(mine[0]?.value).toEqual({ meta: { note: 'n!', more: { deep: 2 } } })
  })

  it('wins over what somebody without it has set there', () => {
    const plain = new Fold(rule)
    const op = plain.prepare(a.set(['body'], 'string'), { replica: me, counter: 1, nowMs: 0 })?.op
    const fold = new Fold(shaped)
    const before = fold.value
    if (op) expect(fold.receive({ ...op, seq: 1 })).toEqual({ kind: 'applied', deltas: [] })
    expect(fold.value).toBe(before)
  })

  it.each([[['body']], [['meta']], [['meta', 'note']]])('cannot be replaced: %j', (path) => {
    const fold = new Fold(shaped)
    const context = { replica: me, counter: 1, nowMs: 0 }
    expect(() => fold.prepare(s.set(path, 1), context)).toThrow(refused(/part of the document's shape/))
    expect(() => fold.prepare(s.delete(path), context)).toThrow(refused(/part of the document's shape/))
  })

  it.each([{ a: 'string' }, { a: null }, { a: { b: 5 } }])('is checked: %j', (shape) => {
    expect(() => doc({ shape: shape as never })).toThrow(
      expect.objectContaining({ code: 'config/invalid' }) as Error,
    )
  })

  it('may have a key __proto__', () => {
    const odd = doc({ shape: JSON.parse('{"__proto__":"text"}') as { a: 'text' } })
    expect(JSON.stringify(new Fold(odd).value)).toBe('{"__proto__":""}')
  })
})

describe('an op that fits nothing', () => {
  const theirs = 'b0'.repeat(16) as ReplicaId
  const container = { by: 'author', counter: 7 } as const
  const bodies = [
    { target: { kind: 'made', name: container }, change: { kind: 'delete', key: 'a' } },
    {
      target: { kind: 'made', name: { by: 'seq', seq: 99, counter: 1 } },
      change: { kind: 'count', amount: 1 },
    },
    {
      target: { kind: 'fixed', type: 'list', path: ['l'] },
      change: {
        kind: 'remove',
        steps: [{ position: 2 ** 31 - 1, deleteCount: 2 ** 31 - 1 }],
        elements: [{ first: container, length: 2 ** 31 - 1 }],
      },
    },
    {
      target: { kind: 'fixed', type: 'list', path: ['l'] },
      change: { kind: 'move', element: container, from: 5, to: 2 ** 31 - 1, stamp: { ms: 0, count: 0 } },
    },
    {
      target: { kind: 'fixed', type: 'list', path: ['l'] },
      change: { kind: 'assign', element: container, stamp: { ms: 0, count: 0 }, node: 1 },
    },
  ] as const

  it.each(bodies)('does nothing to what is there: %j', (body) => {
    const fold = new Fold(rule)
    const bytes = rule.encodeBody(body)
    const op = {
      replica: theirs,
      counter: 1,
      count: rule.countOf(rule.decodeBody(bytes)),
      base: 0,
      extra: [],
      body: bytes,
      seq: 1,
    }
    expect(fold.receive(op).kind).toBe('applied')
    expect([{}, { l: [] }]).toContainEqual(fold.value)
    const again = new Fold(rule, { state: fold.encodeState(), seq: 1 })
    expect(hex(again.encodeState())).toBe(hex(fold.encodeState()))
  })

  it('cannot know what its author cannot have seen', () => {
    const writer = new Fold(shaped)
    const reader = new Fold(shaped)
    const own = { replica: me, counter: 1, nowMs: 0 }
    const s = shaped.actions
    const ops = [
      s.set(['m'], { n: newCounter(0) }),
      s.insert(['items'], 0, 'a', 'b'),
      s.set(['m', 'later'], 1),
    ].map((intent) => {
      const made = writer.prepare(intent, own)
      if (!made) throw new Error('nothing was made')
      own.counter += made.op.count
      return made.op
    })
    const items = { kind: 'fixed', type: 'list', path: ['items'] } as const
    const stamp = { ms: 9, count: 0 }
    const of = (counter: number) => ({ by: 'replica', replica: me, counter }) as const
    const forged = [
      { target: { kind: 'made', name: of(2) }, change: { kind: 'count', amount: 7 } },
      {
        target: { kind: 'made', name: { by: 'seq', seq: 5, counter: 2 } },
        change: { kind: 'count', amount: 7 },
      },
      { target: items, change: { kind: 'assign', element: of(3), stamp, node: 'forged' } },
      { target: items, change: { kind: 'move', element: of(3), from: 0, to: 1, stamp } },
      {
        target: items,
        change: {
          kind: 'remove',
          steps: [{ position: 0, deleteCount: 1 }],
          elements: [{ first: of(4), length: 1 }],
        },
      },
      { target: { kind: 'made', name: of(1) }, change: { kind: 'delete', key: 'n' } },
    ] as const
    let counter = 1
    let seq = 0
    const forge = (base: number) => {
      for (const body of forged) {
        const count = shaped.countOf(body)
        const extra = [{ replica: me, counter: 99 }]
        const op = { replica: theirs, counter, count, base, extra, body: shaped.encodeBody(body), seq: ++seq }
        counter += count
        for (const fold of [writer, reader]) expect(fold.receive(op).kind).toBe('applied')
      }
    }
    forge(0)
    const place = () => {
      for (const op of ops) {
        seq++
        expect(writer.receive({ ...op, seq }).kind).toBe('settled')
        expect(reader.receive({ ...op, seq }).kind).toBe('applied')
      }
    }
    place()
    // Named by a seq above its base, an op is as blind.
    const bytes = shaped.encodeBody({
      target: { kind: 'made', name: { by: 'seq', seq: 7, counter: 2 } },
      change: { kind: 'count', amount: 7 },
    })
    for (const fold of [writer, reader]) {
      fold.receive({ replica: theirs, counter, count: 1, base: 6, extra: [], body: bytes, seq: seq + 1 })
      expect(fold.value).toMatchObject({ items: ['a', 'b'], m: { n: 0, later: 1 } })
    }
    expect(hex(writer.encodeState())).toBe(hex(reader.encodeState()))
  })

  it('cannot nest a document too deep', () => {
    const fold = new Fold(rule)
    let counter = 1
    let seq = 0
    let target: DocTarget = { kind: 'fixed', type: 'map', path: [] }
    const levels = (depth: number): DocNode =>
      depth === 0 ? 0 : { type: 'map', entries: [['x', levels(depth - 1)]] }
    for (let round = 0; round < 3; round++) {
      const node = levels(40)
      const body = { target, change: { kind: 'set', key: 'y', stamp: { ms: 0, count: 0 }, node } } as const
      const count = rule.countOf(body)
      seq++
      const op = {
        replica: theirs,
        counter,
        count,
        base: seq - 1,
        extra: [],
        body: rule.encodeBody(body),
        seq,
      }
      fold.receive(op)
      target = { kind: 'made', name: { by: 'author', counter: counter + 39 } }
      counter += count
    }
    const again = new Fold(rule, { state: fold.encodeState(), seq })
    expect(again.value).toEqual(fold.value)
    expect(JSON.stringify(fold.value).split('{')).toHaveLength(42)
  })

  it('may name items that it does not reach: they go, and are told of, in one pass', () => {
    const items = Array.from({ length: 6 }, (_, index) => index)
    const fold = new Fold(shaped)
    const op = fold.prepare(shaped.actions.insert(['items'], 0, ...items), {
      replica: me,
      counter: 1,
      nowMs: 0,
    })?.op
    if (!op) throw new Error('nothing was made')
    fold.receive({ ...op, seq: 1 })
    const named = (counter: number, length: number) =>
      ({ first: { by: 'seq', seq: 1, counter }, length }) as const
    const body = shaped.encodeBody({
      target: { kind: 'fixed', type: 'list', path: ['items'] },
      change: {
        kind: 'remove',
        steps: [{ position: 2 ** 31 - 1, deleteCount: 1 }],
        elements: [named(5, 2), named(2, 2)],
      },
    })
    const received = fold.receive({
      replica: theirs,
      counter: 1,
      count: 1,
      base: 1,
      extra: [],
      body,
      seq: 2,
    })
    expect(fold.value).toEqual({ body: '', votes: 0, items: [0, 3], meta: { note: '' } })
    const gone = (position: number) => ({
      path: ['items'],
      type: 'list',
      delta: { position, deleteCount: 2, insert: [] },
    })
    expect(received).toEqual({ kind: 'applied', deltas: [gone(1), gone(2)] })
  })

  it('may name an item several times, and others of the same op are still known', () => {
    const full = new Fold(shaped)
    const op = full.prepare(shaped.actions.insert(['items'], 0, 'a', 'b', 'c'), {
      replica: me,
      counter: 1,
      nowMs: 0,
    })?.op
    if (!op) throw new Error('nothing was made')
    full.receive({ ...op, seq: 1 })
    const first = { first: { by: 'seq', seq: 1, counter: 1 }, length: 1 } as const
    const body = shaped.encodeBody({
      target: { kind: 'fixed', type: 'list', path: ['items'] },
      change: {
        kind: 'remove',
        steps: [{ position: 0, deleteCount: 1 }],
        elements: [first, first, first],
      },
    })
    full.receive({ replica: theirs, counter: 1, count: 1, base: 1, extra: [], body, seq: 2 })
    const joiner = new Fold(shaped, { state: full.encodeState(), seq: 2 })
    const next = joiner.prepare(shaped.actions.set(['items', 0], 'B'), {
      replica: 'c0'.repeat(16) as ReplicaId,
      counter: 1,
      nowMs: 0,
    })?.op
    if (!next) throw new Error('nothing was made')
    full.receive({ ...next, seq: 3 })
    expect([full.value, joiner.value].map(({ items }) => items)).toEqual([
      ['B', 'c'],
      ['B', 'c'],
    ])
  })

  it('cannot take an item away for some and leave it for others', () => {
    // A removal that takes units from under the items they show, without naming them.
    const session = createSession(shaped, 2)
    session.edit(0, shaped.actions.insert(['items'], 0, 'a', { b: 1 }))
    session.send(0)
    session.pull()
    const full = new Fold(shaped)
    const forged = shaped.encodeBody({
      target: { kind: 'fixed', type: 'list', path: ['items'] },
      change: { kind: 'remove', steps: [{ position: 0, deleteCount: 2 }], elements: [] },
    })
    const first = new Fold(shaped)
    const op = first.prepare(shaped.actions.insert(['items'], 0, 'a', { b: 1 }), {
      replica: me,
      counter: 1,
      nowMs: 0,
    })?.op
    if (!op) throw new Error('nothing was made')
    full.receive({ ...op, seq: 1 })
    full.receive({ replica: theirs, counter: 1, count: 2, base: 1, extra: [], body: forged, seq: 2 })
    expect(full.value).toEqual({ body: '', votes: 0, items: [], meta: { note: '' } })
    const joiner = new Fold(shaped, { state: full.encodeState(), seq: 2 })
    const rescue = shaped.encodeBody({
      target: { kind: 'fixed', type: 'list', path: ['items'] },
      change: {
        kind: 'move',
        element: { by: 'seq', seq: 1, counter: 2 },
        from: 9,
        to: 0,
        stamp: { ms: 0, count: 0 },
      },
    })
    for (const fold of [full, joiner]) {
      fold.receive({ replica: theirs, counter: 3, count: 2, base: 2, extra: [], body: rescue, seq: 3 })
    }
    expect(full.value).toMatchObject({ items: [{ b: 1 }] })
    expect(joiner.value).toEqual(full.value)
    expect(hex(joiner.encodeState())).toBe(hex(full.encodeState()))
  })

  it.each(['', '01', '02', '21', '1d00', '3d0000', '0d0000', '0d000100', '0d0001000000', 'ff'])(
    'is refused when it cannot be read: %s',
    (bytes) => {
      expect(() => rule.decodeBody(Buffer.from(bytes, 'hex'))).toThrow(
        expect.objectContaining({ code: 'op/invalid' }) as Error,
      )
    },
  )
})

describe('bytes', () => {
  it('of ops do not change', () => {
    const session = createSession(shaped, 1)
    const s = shaped.actions
    const made: string[] = []
    for (const intent of [
      s.insertText(['body'], 0, 'h'),
      s.increment(['votes'], 2),
      s.set(['title'], 'x'),
      s.set(['o'], { b: [1, -2, 0.5], a: newText('t') }),
      s.set(['o', 'b', 0], true),
      s.insertText(['o', 'a'], 1, 'u'),
      s.insert(['items'], 0, 'a', 'b', null),
      s.move(['items'], 0, 2),
      s.remove(['items'], 0, 3),
      s.delete(['title']),
    ]) {
      session.edit(0, intent, 1)
      made.push(hex(session.lastBody))
    }
    expect(made).toMatchInlineSnapshot(`
      [
        "390104626f6479010068",
        "3d0105766f7465730132",
        "01057469746c650100060178",
        "01016f010007020161090174016208030301040205000000000000e03f",
        "71060107010002",
        "7905010175",
        "2901056974656d73000306016106016200",
        "3501056974656d73010c00020100",
        "2d01056974656d7301000302010d02010c01",
        "05057469746c65",
      ]
    `)
    session.send(0)
    session.pull()
    expect(hex(session.state(0))).toMatchInlineSnapshot(
      `"01010000000000000000000000000000000001016f0700040003020161090303017475016208030303020304020305000000000000e03f00000304626f647902020168056974656d7301000005766f74657303020132"`,
    )
    session.edit(0, s.insertText(['o', 'a'], 2, 'v'), 1)
    expect(hex(session.lastBody)).toMatchInlineSnapshot(`"590405010276"`)
  })
})

describe('carrying over', () => {
  it('brings edits of containers that were made in the lost past, and positions that fit', () => {
    const s = shaped.actions
    const source = new Fold(shaped)
    const target = new Fold(shaped)
    const theirs = new Fold(shaped)
    const own = { replica: me, counter: 1, nowMs: 0 }
    const old = theirs.prepare(s.insert(['items'], 0, { t: newText('old') }), {
      ...own,
      replica: 'b0'.repeat(16) as ReplicaId,
    })
    if (!old) throw new Error('nothing was made')
    target.receive({ ...old.op, seq: 1 })

    const maker = new Fold(shaped)
    const pending = [
      s.set(['new'], { list: ['a', 'b', 'c'], t: newText('hi') }),
      s.insertText(['new', 't'], 2, '!'),
      s.move(['new', 'list'], 0, 2),
      s.set(['new', 'list', 0], 'B'),
      s.delete(['new', 'list', 1]),
      s.insert(['items'], 0, 'mine'),
      s.insertText(['body'], 0, 'x'),
      s.increment(['votes']),
    ].map((intent) => {
      const made = maker.prepare(intent, own)
      if (!made) throw new Error('nothing was made')
      own.counter += made.op.count
      return { op: made.op, keep: true }
    })
    let counter = 1
    const mint = (count: number) => {
      counter += count
      return { replica: 'c0'.repeat(16) as ReplicaId, counter: counter - count }
    }
    const expected = maker.value as { items: readonly unknown[] }
    carryOver(pending, source, target, mint)
    expect(target.value).toEqual({ ...expected, items: [{ t: 'old' }, 'mine'] })
  })

  it('appends to a list what was appended, however much longer it is', () => {
    const start = (replica: ReplicaId, ...items: readonly string[]) => {
      const fold = new Fold(shaped)
      const made = fold.prepare(shaped.actions.insert(['items'], 0, ...items), {
        replica,
        counter: 1,
        nowMs: 0,
      })
      if (!made) throw new Error('nothing was made')
      fold.receive({ ...made.op, seq: 1 })
      return fold
    }
    const theirs = 'b0'.repeat(16) as ReplicaId
    const [source, maker] = [start(theirs, 'a', 'b'), start(theirs, 'a', 'b')]
    const target = start('d0'.repeat(16) as ReplicaId, 'a', 'b', 'c', 'd')
    const own = { replica: me, counter: 1, nowMs: 0 }
    const edit = maker.prepare(shaped.actions.insert(['items'], 2, 'mine'), own)
    if (!edit) throw new Error('nothing was made')
    carryOver([{ op: edit.op, keep: true }], source, target, () => own)
    expect(target.value.items).toEqual(['a', 'b', 'c', 'd', 'mine'])
  })

  it('finds the items of lists again, and leaves alone those it does not find', () => {
    const start = (fold: Fold<object, never, never, never, unknown>, ...items: readonly unknown[]) => {
      const made = fold.prepare(a.set(['x'], items) as never, {
        replica: 'b0'.repeat(16) as ReplicaId,
        counter: 1,
        nowMs: 0,
      })
      if (made) fold.receive({ ...made.op, seq: 1 })
      return fold
    }
    const items = [{ t: newText('one') }, { t: newText('two') }, { t: newText('three') }]
    const [source, maker] = [
      start(new Fold(rule) as never, ...items),
      start(new Fold(rule) as never, ...items),
    ]
    const target = start(new Fold(rule) as never, 'new', items[0], { t: newText('2') }, items[2]) as never
    const own = { replica: me, counter: 1, nowMs: 0 }
    const pending = [
      a.insertText(['x', 2, 't'], 0, '>'),
      a.insertText(['x', 1, 't'], 0, '>'),
      a.set(['x', 1, 't'], 'lost'),
      a.delete(['x', 1]),
    ].map((intent) => {
      const made = maker.prepare(intent as never, own)
      if (!made) throw new Error('nothing was made')
      own.counter += made.op.count
      return { op: made.op, keep: true }
    })
    let counter = 1
    carryOver(pending, source as never, target, (count) => {
      counter += count
      return { replica: me, counter: counter - count }
    })
    expect((target as Fold<object, never, never, never>).value).toEqual({
      x: ['new', { t: 'one' }, { t: '2' }, { t: '>three' }],
    })
  })

  it('finds a container by its name where somebody has moved it', () => {
    const made: SequencedOp[] = []
    const full = new Fold(rule)
    const own = { replica: me, counter: 1, nowMs: 0 }
    const make = (intent: ReturnType<(typeof a)['set']>) => {
      const op = full.prepare(intent, own)?.op
      if (!op) throw new Error('nothing was made')
      own.counter += op.count
      return op
    }
    for (const intent of [a.set(['x'], [{ a: 1 }, { b: 1 }]), a.move(['x'], 0, 1)]) {
      const op = { ...make(intent), seq: made.length + 1 }
      full.receive(op)
      made.push(op)
    }
    const source = new Fold(rule)
    const maker = new Fold(rule)
    for (const fold of [source, maker]) for (const op of made.slice(0, 1)) fold.receive(op)
    const edit = maker.prepare(a.set(['x', 0, 'a'], 2), { ...own, replica: 'b0'.repeat(16) as ReplicaId })
    if (!edit) throw new Error('nothing was made')
    carryOver([{ op: edit.op, keep: true }], source, full, () => own)
    expect(full.value).toEqual({ x: [{ b: 1 }, { a: 2 }] })
  })

  it('drops what its container is no longer there for', () => {
    const source = new Fold(rule)
    const maker = new Fold(rule)
    const first = maker.prepare(a.set(['x'], { n: newCounter(1) }), { replica: me, counter: 1, nowMs: 0 })
    const second = maker.prepare(a.increment(['x', 'n']), { replica: me, counter: 3, nowMs: 0 })
    if (!first || !second) throw new Error('nothing was made')
    const target = new Fold(rule)
    const pending = [
      { op: first.op, keep: false },
      { op: second.op, keep: true },
    ]
    expect(carryOver(pending, source, target, () => ({ replica: me, counter: 9 }))).toEqual([])
    expect(target.value).toEqual({})
  })
})
