import assert from 'node:assert/strict'
import { op } from '../storage/log-driver-store.js'
import {
  a,
  b,
  commit,
  countersOf,
  entry,
  load,
  me,
  other,
  write,
  type Check,
} from './client-storage-world.js'

/** What is kept of own ops until they are in the tail. */
export const outboxCases: Readonly<Record<string, Check>> = {
  'keeps the outbox in order, per stream': async (open) => {
    const handle = await open()
    await commit(handle, { add: [entry(3, [op(b, 1)], other), entry(1, [op(me, 1), op(me, 2)])] })
    await commit(handle, {
      add: [entry(2, [op(a, 1)]), entry(4, [op(me, 3)]), entry(5, [op(me, 1)], me, 'doc:b')],
    })
    assert.deepEqual(await countersOf(handle), [
      [me, 1],
      [me, 2],
      [a, 1],
      [b, 1],
      [me, 3],
    ])
    assert.deepEqual(await countersOf(handle, 'doc:b'), [[me, 1]])
  },

  'removes ops of one replica up to a counter': async (open) => {
    const handle = await open()
    const many = Array.from({ length: 1_500 }, (_, index) => op(me, index + 1))
    await commit(handle, { add: [entry(1, many), entry(2, [op(b, 1)]), entry(3, [op(me, 1)], me, 'doc:b')] })
    await commit(handle, { remove: [{ stream: 'doc:a', replica: me, through: 1_234 }] })
    const left = await countersOf(handle)
    assert.deepEqual([left.length, left[0], left.at(-1)], [267, [me, 1_235], [b, 1]])
    await commit(handle, { remove: [{ stream: 'doc:a', replica: me, through: 1_234 }] })
    assert.equal((await countersOf(handle)).length, 267)
    await commit(handle, { remove: [{ stream: 'doc:a', replica: me, through: 9_999 }] })
    assert.deepEqual(await countersOf(handle), [[b, 1]])
    assert.deepEqual(await countersOf(handle, 'doc:b'), [[me, 1]])
  },

  'removes before it adds': async (open) => {
    const handle = await open()
    await commit(handle, { add: [entry(1, [op(me, 1), op(me, 2)])] })
    await commit(handle, {
      remove: [{ stream: 'doc:a', replica: me, through: 2 }],
      add: [entry(1, [op(me, 1)]), entry(2, [op(b, 1)])],
    })
    assert.deepEqual(await countersOf(handle), [
      [me, 1],
      [b, 1],
    ])
  },

  'moves the cursor together with what it settles': async (open) => {
    const handle = await open()
    await commit(handle, { streams: [write({ replace: true })], add: [entry(1, [op(me, 1)])] })
    await commit(handle, {
      streams: [write({ tail: [{ ...op(me, 1), seq: 1 }] })],
      remove: [{ stream: 'doc:a', replica: me, through: 1 }],
    })
    const { tail, outbox } = await load(handle)
    assert.deepEqual([tail.length, outbox.length], [1, 0])
  },

  'tells whose ops are in the outbox': async (open) => {
    const handle = await open()
    assert.deepEqual(await handle.owners(), [])
    await commit(handle, {
      add: [
        entry(1, [op(me, 1)]),
        entry(4, [op(me, 2)]),
        entry(2, [op(b, 1)], other),
        entry(3, [op(me, 1)], me, 'doc:b'),
      ],
    })
    const owners = [...(await handle.owners())].sort((x, y) => x.lastOrder - y.lastOrder)
    assert.deepEqual(owners, [
      { owner: other, stream: 'doc:a', lastOrder: 2 },
      { owner: me, stream: 'doc:b', lastOrder: 3 },
      { owner: me, stream: 'doc:a', lastOrder: 4 },
    ])
  },
}
