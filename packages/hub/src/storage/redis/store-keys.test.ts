import { describe, expect, it } from 'vitest'
import { StoreKeys } from './store-keys.js'

describe('the keys of a store in redis', () => {
  it('all carry one hash tag, so that a cluster keeps them together', () => {
    const keys = new StoreKeys('app')
    const named = [
      keys.meta,
      keys.workspaces,
      ...(Object.values(keys.workspace('acme{x}')) as string[]),
      ...(Object.values(keys.stream({ workspace: 'acme', stream: 'doc:{a}' })) as string[]),
    ]
    expect(named.filter((key) => /\{(.*?)\}/.exec(key)?.[1] !== 'app')).toEqual([])
    expect(new Set(named).size).toBe(named.length)
  })

  it.each(['', 'a{b', '}'])('refuses %j as a prefix', (prefix) => {
    expect(() => new StoreKeys(prefix)).toThrow(expect.objectContaining({ code: 'config/invalid' }) as Error)
  })
})
