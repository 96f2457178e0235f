import { describe, expect, it } from 'vitest'
import { assertStreamName, isStreamName } from './stream-name.js'

describe('stream names', () => {
  it.each([
    'a',
    'doc:readme',
    'doc:a:b:c',
    '__proto__',
    'doc:__proto__',
    'doc:Übersicht 2',
    'doc:👩‍👩‍👧',
    'a/b.c',
    'x'.repeat(256),
  ])('%j is one', (name) => {
    expect(isStreamName(name)).toBe(true)
  })

  it.each([
    ['nothing', ''],
    ['257 characters', 'x'.repeat(257)],
    ['an empty first segment', ':a'],
    ['an empty last segment', 'a:'],
    ['an empty segment between', 'a::b'],
    ['a colon alone', ':'],
    ['a star', 'doc:*'],
    ['a star inside a segment', 'doc:a*b'],
    ['a line break', 'doc:a\nb'],
    ['NUL', 'doc:\u0000'],
    ['DEL', 'doc:\u007f'],
    ['a C1 control character', 'doc:\u0085'],
    ['half a surrogate pair', 'doc:\ud83d'],
  ])('%s is none', (_, name) => {
    expect(isStreamName(name)).toBe(false)
    expect(() => assertStreamName(name)).toThrow(
      expect.objectContaining({ code: 'stream/name-invalid' }) as Error,
    )
  })
})
