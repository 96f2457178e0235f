import { describe, expect, it } from 'vitest'
import { log } from './log.js'
import type { StandardSchema } from './schema.js'
import { createSession } from './tests/session.js'

interface Message {
  readonly text: string
}

const say = (text: string) => ({ op: 'append' as const, value: { text } })
const texts = (messages: readonly Message[]) => messages.map(({ text }) => text)

describe('log', () => {
  it('stands in the order of the hub, own new entries last', () => {
    const session = createSession(log<Message>(), 2)
    session.edit(0, say('a'))
    session.edit(1, say('b'))
    session.edit(0, say('c'))
    session.send(1)
    session.pull()
    expect(texts(session.value(0))).toEqual(['b', 'a', 'c'])
    session.send(0)
    session.pull()
    expect(texts(session.value(1))).toEqual(['b', 'a', 'c'])
  })

  it('keeps the reference of each entry, and of all while they stay the same', () => {
    const session = createSession(log<Message>(), 2)
    session.edit(0, say('a'))
    const before = session.value(0)
    session.send(0)
    session.pull()
    expect(session.value(0)).toBe(before)
    session.edit(1, say('b'))
    session.send(1)
    session.pull()
    expect(session.value(0)).not.toBe(before)
    expect(session.value(0)[0]).toBe(before[0])
    expect(texts(before)).toEqual(['a'])
    expect(Object.isFrozen(before)).toBe(true)
    expect(Object.isFrozen(before[0])).toBe(true)
  })

  it('holds the latest of a window, pending ones too', () => {
    const session = createSession(log<Message>({ window: 3 }), 2)
    for (let index = 0; index < 100; index++) session.edit(0, say(`a${index}`))
    expect(texts(session.value(0))).toEqual(['a97', 'a98', 'a99'])
    session.send(0)
    session.pull()
    expect(texts(session.value(1))).toEqual(['a97', 'a98', 'a99'])
    session.edit(1, say('b'))
    expect(texts(session.value(1))).toEqual(['a98', 'a99', 'b'])
    expect(session.state(0).length).toBeLessThan(60)
  })

  it('reads the state of a wider window, and shows all with an infinite one', () => {
    const all = log<Message>({ window: Infinity })
    const session = createSession(all, 1)
    for (let index = 0; index < 2000; index++) session.edit(0, say(`${index}`))
    session.send(0)
    session.pull()
    expect(session.value(0)).toHaveLength(2000)
    const narrow = log<Message>({ window: 2 })
    expect(texts(narrow.value(narrow.decodeState(session.state(0), 2000)))).toEqual(['1998', '1999'])
    const usual = log<Message>()
    expect(usual.value(usual.decodeState(session.state(0), 2000))).toHaveLength(1000)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses a window of %d', (window) => {
    expect(() => log({ window })).toThrowError(expect.objectContaining({ code: 'config/invalid' }))
  })

  it('stores what its schema makes of an entry and refuses what it refuses', () => {
    const schema: StandardSchema<{ text: string; likes?: number }, { text: string; likes: number }> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) =>
          typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string'
            ? { value: { text: value.text, likes: 0 } }
            : { issues: [{ message: 'a message has a text', path: ['text'] }] },
      },
    }
    const session = createSession(log({ schema }), 1)
    session.edit(0, { op: 'append', value: { text: 'a' } })
    expect(session.value(0)).toEqual([{ text: 'a', likes: 0 }])
    const untyped: StandardSchema = schema
    const loose = createSession(log({ schema: untyped }), 1)
    expect(() => loose.edit(0, { op: 'append', value: {} })).toThrowError(
      expect.objectContaining({ code: 'op/invalid-intent' }),
    )
  })
})
