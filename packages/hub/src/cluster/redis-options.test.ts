import { isFlowSyncError } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { createHub } from '../hub.js'
import { silentLogger } from '../logging/logger.js'
import { memory } from '../storage/memory/memory.js'
import { streams } from '../tests/engine-world.js'
import type { HubOptions } from '../config/hub-options.js'

const shared = memory({ isShared: true })

function refusal(options: Partial<HubOptions>): string | undefined {
  try {
    createHub({
      port: 0,
      streams,
      storage: shared,
      auth: () => ({ subject: 'ada', grants: [], expiresAtMs: 0 }),
      logger: silentLogger,
      ...options,
    })
    return undefined
  } catch (error) {
    if (isFlowSyncError(error) && error.code === 'config/invalid')
      return `${error.message} ${String(error.cause)}`
    throw error
  }
}

describe('the options of a cluster', () => {
  it.each([
    ['redis://localhost:6379'],
    ['rediss://user:password@host:6380/0'],
    ['redis://:100%25@host/'],
    [{ url: 'redis://localhost', channelPrefix: 'staging' }],
  ])('take %j', (redis) => {
    expect(refusal({ redis })).toBe(undefined)
  })

  it('refuse a URL that is none, and do not repeat it: it may hold a password', () => {
    for (const redis of [
      '',
      'localhost:6379',
      'http://user:a-password@host',
      { url: 'a-password' },
      // The client takes neither, and says so with the URL when it is too late.
      'redis://user:a-password%@host',
      'redis://:a-password@host/cache',
    ]) {
      const said = refusal({ redis })
      expect(said).toContain('redis://localhost:6379')
      expect(said).not.toContain('a-password')
    }
    expect(refusal({ redis: { url: 'redis://localhost', channelPrefix: '' } })).toContain('channelPrefix')
  })

  it('refuse to link hubs that keep a log each', () => {
    expect(refusal({ redis: 'redis://localhost', storage: memory() })).toContain('which memory cannot be')
  })

  it('refuse to ask the storage so seldom that readers would lag, or all the time', () => {
    for (const pollMs of [0, 49, 4_001, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(refusal({ pollMs })).toContain('"pollMs"')
    }
    expect(refusal({ pollMs: 50 })).toBe(undefined)
  })
})
