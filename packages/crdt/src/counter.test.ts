import { describe, expect, it } from 'vitest'
import { counter } from './counter.js'
import { createSession } from './tests/session.js'

const rule = counter()

describe('counter', () => {
  it('counts every change of everybody once', () => {
    const session = createSession(rule, 2)
    session.edit(0, rule.actions.increment())
    session.edit(0, rule.actions.increment(5))
    session.edit(1, rule.actions.decrement(2))
    session.send(1, 0)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual([4, 4])
  })

  it('takes 1 when no amount is given, and a negative amount the other way', () => {
    const session = createSession(rule, 1)
    session.edit(0, { op: 'increment' })
    session.edit(0, { op: 'decrement', amount: -2 })
    session.edit(0, { op: 'increment', amount: -10 })
    expect(session.value(0)).toBe(-7)
  })

  it('rounds once, when it is read', () => {
    const session = createSession(rule, 1)
    for (let times = 0; times < 10; times++) session.edit(0, rule.actions.increment(0.1))
    expect(session.value(0)).toBe(1)
    session.edit(0, rule.actions.increment(2 ** 53 - 1))
    session.edit(0, rule.actions.increment(2 ** 53 - 1))
    session.edit(0, rule.actions.decrement(2 ** 53 - 1))
    session.edit(0, rule.actions.decrement(2 ** 53 - 1))
    expect(session.value(0)).toBe(1)
  })

  it('never shows minus zero', () => {
    const session = createSession(rule, 1)
    session.edit(0, rule.actions.decrement(0.5))
    session.edit(0, rule.actions.increment(0.5))
    expect(session.value(0)).toBe(0)
  })

  it.each([
    [0.1, 0.2, 0.3],
    [1.1, 2.2, 3.3],
    [1e-7, 2e-7, 3e-7],
    [5e-324, 5e-324, 1e-323],
    [2 ** 53 - 1, 0.5, 2 ** 53],
  ])('adds up decimals: %d and %d', (first, second, sum) => {
    const session = createSession(rule, 2)
    session.edit(0, rule.actions.increment(first))
    session.edit(1, rule.actions.increment(second))
    session.send(1, 0)
    session.pull()
    expect([session.value(0), session.value(1)]).toEqual([sum, sum])
  })

  it('takes two bytes for a step and does not grow by being used', () => {
    const session = createSession(rule, 1)
    session.edit(0, rule.actions.increment())
    expect(session.lastBody).toHaveLength(2)
    for (let times = 0; times < 1000; times++) session.edit(0, rule.actions.increment(0.1))
    session.send(0)
    session.pull()
    expect(session.state(0).length).toBeLessThan(16)
  })

  it.each<[string, number[]]>([
    ['nothing', []],
    ['another version', [2, 0x31]],
    ['no amount', [1]],
    ...['0', '-0', '01', '+1', '1.0', '1e3', ' 1', 'NaN', 'Infinity', '9007199254740992', '1e400', '0x1'].map(
      (text): [string, number[]] => [`the amount ${text}`, [1, ...new TextEncoder().encode(text)]],
    ),
  ])('refuses a body of %s', (_name, bytes) => {
    expect(() => rule.decodeBody(Uint8Array.from(bytes))).toThrowError(
      expect.objectContaining({ code: 'op/invalid' }),
    )
  })

  it.each<[string, number[]]>([
    ['nothing', []],
    ['another version', [2, 0x31]],
    ['no sum', [1]],
    ...['1.', '.1', '1e5', 'e-1', '1e-401', '--1', '1e-', 'NaN', '9'.repeat(401)].map(
      (text): [string, number[]] => [`the sum ${text.slice(0, 9)}`, [1, ...new TextEncoder().encode(text)]],
    ),
  ])('refuses a state of %s', (_name, bytes) => {
    expect(() => rule.decodeState(Uint8Array.from(bytes), 1)).toThrowError(
      expect.objectContaining({ code: 'state/invalid' }),
    )
  })

  it('writes a sum in its one form', () => {
    const session = createSession(rule, 1)
    for (const amount of [0.25, 0.25, 12]) session.edit(0, rule.actions.increment(amount))
    session.send(0)
    session.pull()
    expect(new TextDecoder().decode(session.state(0).subarray(1))).toBe('125e-1')
    expect(rule.value(rule.decodeState(session.state(0), 3))).toBe(12.5)
  })
})
