import { isFlowSyncError } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { loadPg } from './load-pg.js'
import { targetOf } from './options.js'
import { warningsOf } from './server-settings.js'
import { mayLackItsEnd } from './identity.js'

describe('options of a postgres log', () => {
  it('are complete', () => {
    expect(targetOf('postgres://ada:hunter2@db.example.com:5433/app?sslmode=require')).toEqual({
      connectionString: 'postgres://ada:hunter2@db.example.com:5433/app?sslmode=require',
      schema: 'flowsync',
      poolSize: 4,
      timeoutMs: 5000,
      ssl: undefined,
      label: 'PostgreSQL at db.example.com:5433/app',
    })
  })

  it.each([
    'hunter2',
    'postgres://ada:hunter2@host:port/app',
    'mysql://ada:hunter2@host/app',
    { connectionString: 'postgres://ada:hunter2@[/app' },
    { connectionString: 'postgres://ada:hunter2@host/app', schema: 'Robert"); DROP' },
    { connectionString: 'postgres://ada:hunter2@host/app', poolSize: 0 },
    { connectionString: 'postgres://ada:hunter2@host/app', timeoutMs: 0.5 },
  ])('are refused, and the password is not told: %j', (options) => {
    const refusal = (): unknown => {
      try {
        return targetOf(options)
      } catch (error) {
        return error
      }
    }
    const error = refusal()
    expect(error).toMatchObject({ code: 'config/invalid' })
    expect(isFlowSyncError(error) && error.cause).toBeUndefined()
    expect(String(error)).not.toContain('hunter2')
  })
})

describe('loading pg', () => {
  it('tells how to install it when it is missing', async () => {
    const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    await expect(loadPg(() => Promise.reject(missing))).rejects.toMatchObject({
      code: 'config/invalid',
      message: expect.stringContaining('npm install pg'),
    })
    const broken = new SyntaxError('Unexpected token')
    await expect(loadPg(() => Promise.reject(broken))).rejects.toBe(broken)
  })
})

describe('what a server is', () => {
  const good = { version: 15, encoding: 'UTF8', isStandby: false, fsync: 'on', fullPageWrites: 'on' }

  it('passes one that keeps what it is given', () => {
    expect(warningsOf(good, 'It')).toEqual([])
  })

  it('warns of settings under which acknowledged ops can be lost', () => {
    const warnings = warningsOf({ ...good, fsync: 'off', fullPageWrites: 'off' }, 'It')
    expect(warnings).toEqual([
      expect.stringContaining('fsync = off'),
      expect.stringContaining('full_page_writes'),
    ])
  })

  it.each([
    [{ version: 12 }, 'config/invalid'],
    [{ encoding: 'LATIN1' }, 'config/invalid'],
    [{ isStandby: true }, 'storage/read-only'],
  ])('refuses %j', (trait, code) => {
    expect(() => warningsOf({ ...good, ...trait }, 'It')).toThrow(expect.objectContaining({ code }))
  })
})

describe('whether a database may lack its end', () => {
  it.each([
    ['1/00000001/16385', '1/00000001/16385', false],
    ['1/00000001/16385', '1/00000002/16385', true],
    ['1/00000001/16385', '2/00000001/16385', true],
    ['1/00000001/16385', '1/00000001/16399', true],
    [undefined, '1/00000001/16385', false],
    ['1/00000001/16385', undefined, false],
  ])('%s found as %s: %s', (stored, found, answer) => {
    expect(mayLackItsEnd(stored, found)).toBe(answer)
  })
})
