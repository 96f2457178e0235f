import { describe, expect, it } from 'vitest'
import { VirtualSystem } from '../tests/virtual-system.js'
import { codeOf, tokenFor } from '../tests/world.js'
import { createTokenSource, subjectOf } from './token.js'

describe('createTokenSource', () => {
  it('shares a question that is under way, and asks anew afterwards', async () => {
    let asked = 0
    const tokens = createTokenSource(async () => `token ${++asked}`, new VirtualSystem())
    expect(await Promise.all([tokens.get(), tokens.get()])).toEqual(['token 1', 'token 1'])
    expect(await tokens.get()).toBe('token 2')
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new TypeError('fetch failed')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no session'))],
    ['returns nothing', () => undefined],
    ['returns an empty text', () => ''],
  ])('names the failure when the function %s', async (_, provide) => {
    const system = new VirtualSystem()
    const tokens = createTokenSource(provide as () => string, system)
    expect(await codeOf(tokens.get())).toBe('auth/token-missing')
    expect(system.timerCount).toBe(0)
  })

  it('gives up on a function that never answers', async () => {
    const system = new VirtualSystem()
    const token = createTokenSource(() => new Promise<string>(() => undefined), system).get()
    const code = codeOf(token)
    await system.advance(15_000)
    expect(await code).toBe('auth/token-missing')
  })
})

describe('subjectOf', () => {
  it.each([
    [tokenFor('alice'), 'alice'],
    [tokenFor('a'), 'a'],
    [`x.${btoa(String.fromCharCode(...new TextEncoder().encode('{"sub":"Zoë ✓"}')))}.y`, 'Zoë ✓'],
    ['e30.eyJzdWIiOiJhP2I-YyJ9.x', 'a?b>c'],
    ['opaque', undefined],
    ['a.b.c', undefined],
    ['a.%%%.c', undefined],
    [`x.${btoa('null')}.y`, undefined],
    [`x.${btoa('{"sub":7}')}.y`, undefined],
  ])('%s', (token, expected) => {
    expect(subjectOf(token)).toBe(expected)
  })
})
