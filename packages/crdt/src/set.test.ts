import { describe, expect, it } from 'vitest'
import type { ReplicaId } from './op.js'
import { set } from './set.js'
import type { SetElement } from './set.js'
import { createSession } from './tests/session.js'

const ANN = 'a0'.repeat(16) as ReplicaId
const rule = set()
const { add, delete: remove } = rule.actions

describe('set', () => {
  it('keeps what is added while somebody else deletes it', () => {
    const session = createSession(rule, 2)
    session.edit(0, add('ann'))
    session.send(0)
    session.pull()
    session.edit(0, add('ann'))
    session.edit(1, remove('ann'))
    expect([...session.value(1)]).toEqual([])
    session.send(1, 0)
    session.pull()
    expect([...session.value(0)]).toEqual(['ann'])
    expect([...session.value(1)]).toEqual(['ann'])
  })

  it('shows an element that very many have added at the same time', () => {
    const state = rule.create()
    for (let seq = 1; seq <= 200_000; seq++) state.cells.add('ann', ANN, seq, seq, 0, undefined)
    const bytes = rule.encodeState(state)
    expect([...rule.value(rule.decodeState(bytes, 200_000))]).toEqual(['ann'])
  })

  it('removes what the author of a delete has seen, whoever added it', () => {
    const session = createSession(rule, 3)
    session.edit(0, add('ann'))
    session.edit(1, add('ann'))
    session.send(0, 1)
    session.pull()
    session.edit(2, remove('ann'))
    session.send(2)
    session.pull()
    expect([0, 1, 2].map((client) => session.value(client).size)).toEqual([0, 0, 0])
  })

  it('stands in the order of the hub, own new elements last', () => {
    const session = createSession(rule, 2)
    session.edit(0, add('a'))
    session.edit(1, add('b'))
    session.edit(1, add('c'))
    session.send(1)
    session.pull()
    expect([...session.value(0)]).toEqual(['b', 'c', 'a'])
    session.edit(1, add('b'))
    session.send(1, 0)
    session.pull()
    expect([...session.value(0)]).toEqual(['c', 'b', 'a'])
    expect([...session.value(1)]).toEqual(['c', 'b', 'a'])
  })

  it('moves what is added again to the end, while offline as later', () => {
    const session = createSession(rule, 1)
    session.edit(0, add('a'))
    session.send(0)
    session.pull()
    session.edit(0, add('b'))
    session.edit(0, add('a'))
    expect([...session.value(0)]).toEqual(['b', 'a'])
    const before = session.value(0)
    session.send(0)
    session.pull()
    expect(session.value(0)).toBe(before)
  })

  it('tells elements of different types apart, and knows no magic names', () => {
    const mixed = set<SetElement>()
    const session = createSession(mixed, 2)
    const elements: SetElement[] = [
      1,
      '1',
      true,
      'true',
      null,
      'null',
      0,
      '',
      '__proto__',
      'constructor',
      '\ud800',
    ]
    for (const value of elements) session.edit(0, { op: 'add', value })
    session.edit(0, { op: 'add', value: -0 })
    session.send(0)
    session.pull()
    expect([...session.value(1)]).toEqual([...elements.filter((element) => element !== 0), 0])
  })

  it('keeps its reference while nothing changes', () => {
    const session = createSession(rule, 2)
    session.edit(0, add('a'))
    const { value } = session
    const before = value(0)
    session.edit(0, add('a'))
    session.edit(0, remove('nobody'))
    expect(value(0)).toBe(before)
    session.send(0)
    session.pull()
    expect(value(0)).toBe(before)
  })

  it('does not grow by being changed', () => {
    const session = createSession(rule, 1)
    session.edit(0, add('x'))
    session.send(0)
    session.pull()
    const once = session.state(0).length
    for (let times = 0; times < 500; times++) {
      session.edit(0, add('x'))
      session.edit(0, add('y'))
      session.edit(0, remove('y'))
    }
    session.send(0)
    session.pull()
    // The seq and the counter take more bytes now; nothing else is there.
    expect(session.state(0).length).toBeLessThanOrEqual(once + 2)
  })

  it.each([
    ['nothing', []],
    ['another version', [2, 0x22, 0x22]],
    ['another version, deleted', [130, 0x22, 0x22]],
    ['no element', [1]],
    ['an array', [1, 0x5b, 0x5d]],
    ['two elements', [1, 0x31, 0x2c, 0x31]],
    ['an element that is too long', [1, 0x22, ...Array<number>(65_536).fill(0x61), 0x22]],
  ])('refuses a body of %s', (_name, bytes) => {
    expect(() => rule.decodeBody(Uint8Array.from(bytes))).toThrowError(
      expect.objectContaining({ code: 'op/invalid' }),
    )
  })

  it('refuses a state from after its seq', () => {
    const session = createSession(rule, 1)
    session.edit(0, add('a'))
    session.send(0)
    session.pull()
    const state = session.state(0)
    expect(rule.value(rule.decodeState(state, 1))).toEqual(new Set(['a']))
    expect(() => rule.decodeState(state, 0)).toThrowError(expect.objectContaining({ code: 'state/invalid' }))
  })
})

describe('set, two-phase', () => {
  const twoPhase = set({ twoPhase: true })

  it('never shows again what was removed, even when it is added at the same time', () => {
    const session = createSession(twoPhase, 2)
    session.edit(0, add('ann'))
    session.send(0)
    session.pull()
    session.edit(0, remove('ann'))
    session.edit(1, add('bob'))
    session.edit(1, add('ann'))
    session.send(0, 1)
    session.pull()
    session.edit(0, add('ann'))
    session.send(0)
    session.pull()
    expect([...session.value(0)]).toEqual(['bob'])
    expect([...session.value(1)]).toEqual(['bob'])
    expect([...twoPhase.value(twoPhase.decodeState(session.state(0), 9))]).toEqual(['bob'])
  })

  it('makes no op of an add that cannot matter', () => {
    const session = createSession(twoPhase, 1)
    session.edit(0, add('ann'))
    const first = session.lastBody
    session.edit(0, add('ann'))
    expect(session.lastBody).toBe(first)
  })

  it('is not mixed up with an ordinary set', () => {
    expect(twoPhase.name).not.toBe(rule.name)
    const state = twoPhase.encodeState(twoPhase.create())
    expect(() => rule.decodeState(state, 0)).toThrowError(expect.objectContaining({ code: 'state/invalid' }))
  })
})
