import { describe, expect, it } from 'vitest'
import { box, tally, words } from './tests/toy-rules.js'
import { defineStreams } from './streams.js'

const withCode = (code: string) => expect.objectContaining({ code }) as Error

describe('defineStreams', () => {
  const rules = {
    'doc:*': words(),
    'doc:count': tally(),
    'doc:*:title': box(''),
    'doc:a:*': box(0),
    singleton: tally(),
  }
  const streams = defineStreams(rules)

  it.each([
    ['doc:readme', 'doc:*'],
    ['doc:x:y', 'doc:*'],
    ['doc:count', 'doc:count'],
    ['doc:x:title', 'doc:*:title'],
    ['doc:a:title', 'doc:a:*'],
    ['singleton', 'singleton'],
  ] as const)('%s merges by the rule of %s', (name, pattern) => {
    expect(streams.ruleFor(name)).toBe(rules[pattern])
    expect(streams.findRule(name)).toBe(rules[pattern])
  })

  it('refuses names that no pattern covers, and what is no name', () => {
    expect(() => streams.ruleFor('chat:1')).toThrow(withCode('stream/unknown'))
    expect(() => streams.ruleFor('doc:*')).toThrow(withCode('stream/name-invalid'))
    expect(streams.findRule('chat:1')).toBeUndefined()
    expect(streams.findRule('doc::')).toBeUndefined()
  })

  it.each(['__proto__', 'constructor', 'toString', 'doc'])('has no stream called %s by accident', (name) => {
    expect(streams.findRule(name)).toBeUndefined()
    expect(streams.rules[name as keyof typeof rules]).toBeUndefined()
  })

  it('may have one called __proto__ on purpose', () => {
    const odd = defineStreams({ ['__proto__']: tally(), 'doc:*': words() })
    expect(odd.findRule('__proto__')?.name).toBe('tally')
    expect(odd.findRule('doc:__proto__')?.name).toBe('words')
    expect(odd.findRule('doc')).toBeUndefined()
  })

  it('does not notice later changes of what it was given', () => {
    const given = { 'doc:*': words() }
    const defined = defineStreams(given)
    Object.assign(given, { 'doc:*': tally() })
    expect(defined.findRule('doc:x')?.name).toBe('words')
    expect(Object.isFrozen(defined.rules)).toBe(true)
  })

  it.each(['doc*', 'doc:', '', 'a::b'])('refuses the pattern %j', (pattern) => {
    expect(() => defineStreams({ [pattern]: words() })).toThrow(withCode('config/invalid'))
  })

  it('refuses what is no rule, such as a factory that was not called', () => {
    for (const rule of [words, undefined, null, 'text', {}]) {
      expect(() => defineStreams({ 'doc:*': rule as ReturnType<typeof words> })).toThrow(
        withCode('config/invalid'),
      )
    }
  })
})
