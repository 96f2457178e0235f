import { describe, expect, it } from 'vitest'
import { Fold } from './fold.js'
import type { Json } from './json.js'
import { map } from './map.js'
import type { ReplicaId } from './op.js'
import type { StandardSchema } from './schema.js'
import { playMap } from './tests/map-reference.js'
import { createSession } from './tests/session.js'

const NOW_MS = 1_760_000_000_000
const rule = map()
const { set, delete: remove } = rule.actions

describe('map', () => {
  it('keeps what several write to different keys', () => {
    const session = createSession(rule, 2)
    session.edit(0, set('a', 1))
    session.edit(1, set('b', { deep: [2] }))
    session.send(1, 0)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual(Array(2).fill({ a: 1, b: { deep: [2] } }))
  })

  it.each([
    ['set later', 5, -5, { key: 'new' }],
    ['deleted later', -5, 5, {}],
  ])('shows a key that was %s than the other did, when neither knew', (_name, setMs, deleteMs, value) => {
    const session = createSession(rule, 3)
    session.edit(0, set('key', 'old'), NOW_MS - 100)
    session.send(0)
    session.pull()
    session.edit(0, set('key', 'new'), NOW_MS + setMs)
    session.edit(1, remove('key'), NOW_MS + deleteMs)
    session.send(1, 0)
    session.pull()
    expect([0, 1, 2].map((client) => session.value(client))).toEqual(Array(3).fill(value))
  })

  it('lets who has seen a write or a delete undo it, whatever the clocks say', () => {
    const session = createSession(rule, 2)
    session.edit(0, set('key', 1), NOW_MS + 1e9)
    session.send(0)
    session.pull()
    session.edit(1, remove('key'), NOW_MS)
    session.send(1)
    session.pull()
    expect(session.value(0)).toEqual({})
    session.edit(0, set('key', 2), NOW_MS - 1e9)
    session.send(0)
    session.pull()
    expect(session.value(1)).toEqual({ key: 2 })
  })

  it('sorts its keys, and knows no magic names', () => {
    const session = createSession(rule, 2)
    for (const key of ['b', '__proto__', 'a', 'constructor', '']) session.edit(0, set(key, key))
    session.send(0)
    session.pull()
    const value = session.value(1)
    expect(Object.keys(value)).toEqual(['', '__proto__', 'a', 'b', 'constructor'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(value['__proto__']).toBe('__proto__')
  })

  it('keeps the reference of members, and of all while they stay the same', () => {
    const session = createSession(rule, 2)
    session.edit(0, set('a', { n: 1 }))
    session.edit(0, set('b', { n: 2 }))
    const before = session.value(0)
    expect([Object.isFrozen(before), Object.isFrozen(before['a'])]).toEqual([true, true])
    session.edit(0, set('a', { n: 1 }))
    expect(session.value(0)).toBe(before)
    session.send(0)
    session.pull()
    expect(session.value(0)).toBe(before)
    session.edit(0, set('a', { n: 3 }))
    expect(session.value(0)).not.toBe(before)
    expect(session.value(0)['b']).toBe(before['b'])
    expect(before).toEqual({ a: { n: 1 }, b: { n: 2 } })
  })

  it('makes no op of a delete of what is not there', () => {
    const session = createSession(rule, 1)
    session.edit(0, remove('a'))
    expect(session.lastBody).toHaveLength(0)
  })

  it('grows neither by overwriting nor by deleting', () => {
    const session = createSession(rule, 1)
    session.edit(0, set('kept', 1), NOW_MS)
    for (let times = 0; times < 500; times++) {
      session.edit(0, set('kept', times), NOW_MS + times)
      session.edit(0, set(`gone ${times}`, times), NOW_MS + times)
      session.edit(0, remove(`gone ${times}`), NOW_MS + times)
    }
    session.send(0)
    session.pull()
    expect(session.state(0).length).toBeLessThan(60)
  })

  it('takes a few bytes for a key whose neighbours look alike', () => {
    const session = createSession(rule, 1)
    for (let index = 0; index < 1000; index++) session.edit(0, set(`key-${index}`, index), NOW_MS)
    session.send(0)
    session.pull()
    expect(session.state(0).length).toBeLessThan(1000 * 9)
  })

  it('asks for history when an op may be concurrent with a delete that its snapshot left out', () => {
    const session = createSession(rule, 2)
    session.edit(0, set('key', 'old'))
    session.send(0)
    session.pull()
    session.edit(0, remove('key'))
    session.send(0)
    session.pull(0)
    const late = new Fold(rule, { state: session.state(0), seq: 2 })
    expect([late.value, late.floor]).toEqual([{}, 2])
    const op = { replica: 'f'.repeat(32) as ReplicaId, counter: 1, count: 1, extra: [], seq: 3 }
    const body = rule.encodeBody({ key: 'key', time: 1, value: 'concurrent' })
    expect(late.receive({ ...op, base: 1, body })).toEqual({ kind: 'needs-history', base: 1 })
    expect(late.receive({ ...op, base: 2, body })).toMatchObject({ kind: 'applied' })
    expect(late.value).toEqual({ key: 'concurrent' })
  })

  it('keeps a delete in its state as long as it stands against a concurrent write', () => {
    const session = createSession(rule, 2)
    session.edit(0, set('key', 'loses'), NOW_MS)
    session.edit(1, set('key', 'x'), NOW_MS + 1)
    session.edit(1, remove('key'), NOW_MS + 2)
    session.send(0, 1)
    session.pull()
    expect(session.value(0)).toEqual({})
    const revived = new Fold(rule, { state: session.state(0), seq: 3 })
    expect(revived.value).toEqual({})
  })

  it.each([
    ['nothing', []],
    ['another version', [2, 0, 0, 0, 0, 0, 0, 1, 0x61, 0x31]],
    ['half a time', [1, 0, 0, 0]],
    ['no value', [1, 0, 0, 0, 0, 0, 0, 1, 0x61]],
    ['a deleted value', [129, 0, 0, 0, 0, 0, 0, 1, 0x61, 0x31]],
    ['a key that ends early', [129, 0, 0, 0, 0, 0, 0, 2, 0x61]],
    ['a key that is too long', [129, 0, 0, 0, 0, 0, 0, 0x81, 0x20, ...Array<number>(4097).fill(0x61)]],
  ])('refuses a body of %s', (_name, bytes) => {
    expect(() => rule.decodeBody(Uint8Array.from(bytes))).toThrowError(
      expect.objectContaining({ code: 'op/invalid' }),
    )
  })

  it('refuses a state from after its seq', () => {
    const session = createSession(rule, 1)
    session.edit(0, set('a', 1))
    session.send(0)
    session.pull()
    const state = session.state(0)
    expect(rule.value(rule.decodeState(state, 1))).toEqual({ a: 1 })
    expect(() => rule.decodeState(state, 0)).toThrowError(expect.objectContaining({ code: 'state/invalid' }))
  })

  it('stores what its schema makes of a value', () => {
    const schema: StandardSchema<Json, Json> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) =>
          typeof value === 'string' ? { value: value.trim() } : { issues: [{ message: 'a text' }] },
      },
    }
    const session = createSession(map({ schema }), 1)
    session.edit(0, set('a', ' x '))
    expect(session.value(0)).toEqual({ a: 'x' })
    expect(() => session.edit(0, set('a', 1))).toThrowError(
      expect.objectContaining({ code: 'op/invalid-intent' }),
    )
    session.edit(0, remove('a'))
    expect(session.value(0)).toEqual({})
  })

  it('agrees with a naive reference', () => {
    for (let seed = 0; seed < 300; seed++) playMap(seed)
  })
})
