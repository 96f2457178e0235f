import { describe, expect, it } from 'vitest'
import { readOnlySet } from './read-only-set.js'

describe('a read-only set', () => {
  const set = readOnlySet(['a', 'b'])
  const writable = set as Set<string>

  it.each([
    ['add', () => writable.add('c'), 'Push an edit instead: stream.add(value)'],
    ['delete', () => writable.delete('a'), 'stream.delete(value)'],
    ['clear', () => writable.clear(), 'stream.delete(value)'],
  ])('refuses %s and names the right way', (_name, write, remedy) => {
    expect(write).toThrow(
      expect.objectContaining({
        code: 'value/read-only',
        message: expect.stringContaining(remedy) as string,
      }),
    )
    expect([...set]).toEqual(['a', 'b'])
  })

  it('cannot be made writable', () => {
    expect(() => Object.assign(writable, { add: Set.prototype.add })).toThrow(TypeError)
    expect(Object.isFrozen(set)).toBe(true)
  })

  it('is a set in everything else', () => {
    expect(set).toBeInstanceOf(Set)
    expect(set).toStrictEqual(new Set(['a', 'b']))
    expect([set.size, set.has('a'), set.has('c'), [...set.entries()]]).toEqual([
      2,
      true,
      false,
      [
        ['a', 'a'],
        ['b', 'b'],
      ],
    ])
    const seen: string[] = []
    set.forEach((element) => seen.push(element))
    expect(seen).toEqual(['a', 'b'])
    expect(Object.keys(set)).toEqual([])
    expect(JSON.stringify(set)).toBe('{}')
    expect(Object.prototype.toString.call(set)).toBe('[object Set]')
  })

  it('gives copies that can be changed', () => {
    for (const copy of [structuredClone(writable), new Set(set)]) expect(copy.add('c').size).toBe(3)
  })
})
