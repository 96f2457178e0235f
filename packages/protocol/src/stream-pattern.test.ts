import { describe, expect, it } from 'vitest'
import { compareSpecificity, matchesPattern, parsePattern } from './stream-pattern.js'

const matches = (pattern: string, name: string) => matchesPattern(parsePattern(pattern), name)

describe('matching', () => {
  it.each([
    ['doc:readme', 'doc:readme'],
    ['doc:*', 'doc:readme'],
    ['doc:*', 'doc:a:b'],
    ['*', 'anything'],
    ['*', 'a:b'],
    ['team:*:chat', 'team:1:chat'],
    ['team:*:*', 'team:1:chat'],
    ['team:*:*', 'team:1:chat:old'],
    ['*:readme', 'doc:readme'],
  ])('%s covers %s', (pattern, name) => {
    expect(matches(pattern, name)).toBe(true)
  })

  it.each([
    ['doc:readme', 'doc:readme2'],
    ['doc:readme', 'doc'],
    ['doc:readme', 'doc:readme:x'],
    ['doc:*', 'doc'],
    ['doc:*', 'docs:readme'],
    ['team:*:chat', 'team:1:2:chat'],
    ['team:*:*', 'team:1'],
    ['*:readme', 'readme'],
    ['*:readme', 'a:b:readme'],
    ['Doc:*', 'doc:a'],
  ])('%s does not cover %s', (pattern, name) => {
    expect(matches(pattern, name)).toBe(false)
  })

  it('takes linear time where patterns elsewhere blow up', () => {
    const pattern = parsePattern(Array<string>(100).fill('*').join(':') + ':x')
    expect(matchesPattern(pattern, Array<string>(128).fill('a').join(':'))).toBe(false)
  })
})

describe('patterns', () => {
  it.each(['', 'doc:', ':*', 'a::*', 'doc*', 'doc:a*', '**', 'doc:**', 'doc:\n', 'x'.repeat(257)])(
    '%j is none',
    (text) => {
      expect(() => parsePattern(text)).toThrow(expect.objectContaining({ code: 'config/invalid' }) as Error)
    },
  )
})

describe('specificity', () => {
  it('puts words before one segment, and one segment before the rest', () => {
    const sorted = ['a:b:c', 'a:b:*', 'a:*:c', 'a:*:*', 'a:*', '*:b:c', '*']
    for (const order of [sorted, sorted.toReversed()]) {
      const patterns = order.map(parsePattern).sort(compareSpecificity)
      expect(patterns.map(({ text }) => text)).toEqual(sorted)
    }
  })
})
