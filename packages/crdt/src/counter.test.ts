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

  it('takes three bytes for a step and does not grow by being used', () => {
    const session = createSession(rule, 1)
    session.edit(0, rule.actions.increment())
    expect(session.lastBody).toHaveLength(3)
    for (let times = 0; times < 1000; times++) session.edit(0, rule.actions.increment(0.1))
    session.send(0)
    session.pull()
    expect(session.state(0).length).toBeLessThan(16)
  })

  it.each([
    ['nothing', []],
    ['another version', [2, 0, 1]],
    ['no amount', [1, 0]],
    ['an amount of 0', [1, 0, 0]],
    ['unknown flags', [1, 4, 1]],
    ['an integer as a double', [1, 2, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]],
    ['NaN', [1, 2, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f]],
    ['infinity', [1, 2, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f]],
    ['a negative double', [1, 2, 0, 0, 0, 0, 0, 0, 0xe0, 0xbf]],
    ['bytes after the end', [1, 0, 1, 0]],
  ])('refuses a body of %s', (_name, bytes) => {
    expect(() => rule.decodeBody(Uint8Array.from(bytes))).toThrowError(
      expect.objectContaining({ code: 'op/invalid' }),
    )
  })

  it.each([
    ['nothing', []],
    ['another version', [2, 0, 0, 0, 0]],
    ['one sum', [1, 0, 0]],
    ['a leading zero', [1, 0, 2, 0, 1, 0, 0]],
    ['an even mantissa below the point', [1, 1, 1, 2, 0, 0]],
    ['a step finer than a double', [1, 0xb3, 0x08, 1, 1, 0, 0]],
    ['more than can be summed up', [1, 0, 14, ...Array<number>(14).fill(0xff), 0, 0]],
    ['bytes after the end', [1, 0, 0, 0, 0, 0]],
  ])('refuses a state of %s', (_name, bytes) => {
    expect(() => rule.decodeState(Uint8Array.from(bytes), 1)).toThrowError(
      expect.objectContaining({ code: 'state/invalid' }),
    )
  })
})
