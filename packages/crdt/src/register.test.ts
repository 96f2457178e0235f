import { describe, expect, it } from 'vitest'
import type { Json } from './json.js'
import { register } from './register.js'
import type { StandardSchema } from './schema.js'
import { createSession } from './tests/session.js'

const YEAR_MS = 365.25 * 24 * 3_600_000
const NOW_MS = 1_760_000_000_000

const rule = register<string>()
const { set } = rule.actions
const values = register<string>({ multi: true })

describe('register', () => {
  it('shows undefined or the initial value until somebody writes', () => {
    expect(rule.value(rule.create())).toBeUndefined()
    const state = register({ initial: { a: [1] } })
    const initial = state.value(state.create())
    expect(initial).toEqual({ a: [1] })
    expect(state.value(state.create())).toBe(initial)
    expect(Object.isFrozen(initial.a)).toBe(true)
    expect(values.value(values.create())).toEqual([])
    const some = register<Json>({ multi: true, initial: 1 })
    expect(some.value(some.create())).toEqual([1])
  })

  it('gives concurrent writers the value of the latest clock', () => {
    const session = createSession(rule, 2)
    session.edit(0, set('later'), NOW_MS + 5)
    session.edit(1, set('earlier'), NOW_MS)
    session.send(0, 1)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual(['later', 'later'])
  })

  it('tells equal clocks apart by who wrote', () => {
    const session = createSession(rule, 2)
    session.edit(0, set('zero'), NOW_MS)
    session.edit(1, set('one'), NOW_MS)
    session.send(1, 0)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual(['one', 'one'])
  })

  it.each([
    ['ten years ahead', 10 * YEAR_MS],
    ['ten years behind', -10 * YEAR_MS],
  ])('is neither won for ever nor blocked by a clock %s', (_name, skewMs) => {
    const session = createSession(rule, 2)
    const theirs = NOW_MS + skewMs
    session.edit(0, set('theirs'), theirs)
    session.send(0)
    session.pull()
    expect(session.value(1)).toBe('theirs')

    // Who has seen it replaces it.
    session.edit(1, set('mine'), NOW_MS)
    session.send(1)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual(['mine', 'mine'])

    // And the other way round.
    session.edit(0, set('theirs again'), theirs + 1)
    session.send(0)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual(['theirs again', 'theirs again'])

    // Even a clock that has jumped back writes after what it has seen.
    session.edit(0, set('after the jump'), theirs - 1000)
    session.send(0)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual(['after the jump', 'after the jump'])
  })

  it('is not dragged along by a clock ten years ahead', () => {
    const session = createSession(rule, 3)
    session.edit(0, set('of the future'), NOW_MS + 10 * YEAR_MS)
    session.send(0)
    session.pull(0, 1)
    session.edit(1, set('at five past'), NOW_MS + 5)
    session.edit(2, set('at ten past, offline'), NOW_MS + 10)
    session.send(1, 2)
    session.pull()
    // Client 2 had not seen the future: against it that clock wins, once.
    expect(session.value(1)).toBe('at ten past, offline')
    expect(session.value(2)).toBe('at ten past, offline')
  })

  it('keeps a small step back of one clock in order', () => {
    const session = createSession(rule, 2)
    session.edit(0, set('first'), NOW_MS + 50)
    session.edit(0, set('second'), NOW_MS)
    session.edit(1, set('between'), NOW_MS + 20)
    session.send(0, 1)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual(['second', 'second'])
  })

  it('keeps the reference when the same is written again', () => {
    const objects = register<Json>()
    const session = createSession(objects, 2)
    session.edit(0, { op: 'set', value: { a: 1 } })
    const before = session.value(0)
    session.edit(0, { op: 'set', value: { a: 1 } })
    expect(session.value(0)).toBe(before)
    session.send(0)
    session.pull()
    expect(session.value(0)).toBe(before)
  })

  it('does not grow by being overwritten', () => {
    const session = createSession(rule, 1)
    for (let times = 0; times < 1000; times++) session.edit(0, set('x'.repeat(10)), NOW_MS + times)
    session.send(0)
    session.pull()
    expect(session.state(0).length).toBeLessThan(50)
  })

  it('refuses a state from after its seq', () => {
    const session = createSession(rule, 1)
    session.edit(0, set('x'))
    session.send(0)
    session.pull()
    const state = session.state(0)
    expect(rule.value(rule.decodeState(state, 1))).toBe('x')
    expect(() => rule.decodeState(state, 0)).toThrowError(expect.objectContaining({ code: 'state/invalid' }))
  })
})

describe('register, multi', () => {
  it('keeps all concurrent values until somebody writes again', () => {
    const session = createSession(values, 3)
    session.edit(0, set('a'), NOW_MS + 2)
    session.edit(1, set('b'), NOW_MS + 1)
    session.edit(2, set('c'), NOW_MS + 3)
    session.send(2, 1, 0)
    session.pull()
    expect([0, 1, 2].map((client) => session.value(client))).toEqual(Array(3).fill(['b', 'a', 'c']))
    session.edit(1, set('d'), NOW_MS - YEAR_MS)
    session.send(1)
    session.pull()
    expect([0, 1, 2].map((client) => session.value(client))).toEqual(Array(3).fill(['d']))
  })

  it('keeps its reference while an own value gets its place', () => {
    const session = createSession(values, 1)
    session.edit(0, set('a'))
    const before = session.value(0)
    session.send(0)
    session.pull()
    expect(session.value(0)).toBe(before)
    expect(Object.isFrozen(before)).toBe(true)
    session.edit(0, set('a'))
    expect(session.value(0)).toBe(before)
  })
})

describe('register with a schema', () => {
  const trimmed: StandardSchema<string, string> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value === 'string' ? { value: value.trim() } : { issues: [{ message: 'a text' }] },
    },
  }

  it('stores what the schema makes of a value', () => {
    const session = createSession(register({ schema: trimmed, initial: ' none ' }), 1)
    expect(session.value(0)).toBe('none')
    session.edit(0, { op: 'set', value: ' a ' })
    expect(session.value(0)).toBe('a')
  })

  it('refuses what the schema refuses', () => {
    const untyped: StandardSchema = trimmed
    const session = createSession(register({ schema: untyped }), 1)
    expect(() => session.edit(0, { op: 'set', value: 1 })).toThrowError(
      expect.objectContaining({ code: 'op/invalid-intent' }),
    )
    expect(() => register<unknown>({ schema: trimmed, initial: 1 })).toThrowError(
      expect.objectContaining({ code: 'config/invalid' }),
    )
    expect(() => register<unknown>({ initial: () => 1 })).toThrowError(
      expect.objectContaining({ code: 'config/invalid' }),
    )
  })
})
