import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { shownStorage, storageOf } from './storage-of.js'

describe('the storage that --db names', () => {
  it.each([
    [':memory:', 'memory'],
    ['postgres://localhost/flowsync', 'postgres'],
    ['postgresql://localhost/flowsync', 'postgres'],
    ['redis://localhost:6379/1', 'redis'],
    ['rediss://user:password@redis.example.com', 'redis'],
    ['flowsync.db', 'sqlite'],
  ])('%s is kept in %s', (db, kind) => {
    expect(storageOf(db).kind).toBe(kind)
  })

  it('is none for another scheme', () => {
    expect(() => storageOf('mysql://localhost')).toThrow(
      expect.objectContaining({
        code: 'config/invalid',
        message: expect.stringContaining('redis://') as string,
      }) as Error,
    )
  })

  it('does not tell a password when the URL is wrong', () => {
    let refusal: unknown
    try {
      storageOf('redis://user:secret@host:none')
    } catch (error) {
      refusal = error
    }
    expect(refusal).toMatchObject({ code: 'config/invalid' })
    expect(inspect(refusal)).not.toContain('secret')
  })
})

describe('a storage that is shown', () => {
  it.each([
    ['flowsync.db', 'flowsync.db'],
    [':memory:', ':memory:'],
    ['redis://localhost:6379', 'redis://localhost:6379'],
    ['postgres://ada:secret@db:5432/app', 'postgres://ada:***@db:5432/app'],
  ])('%s as %s', (db, shown) => {
    expect(shownStorage(db)).toBe(shown)
  })
})
