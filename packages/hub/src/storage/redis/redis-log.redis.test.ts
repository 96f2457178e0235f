import { randomUUID } from 'node:crypto'
import { logDriverCases, type LogStore } from '@flowsync/testkit'
import { createClient } from 'redis'
import { describe, it } from 'vitest'
import { redis } from './redis.js'

const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'

/** A store of its own on the common server; its keys are deleted afterwards. */
async function createStore(): Promise<LogStore> {
  const keyPrefix = `test-${randomUUID()}`
  return {
    driver: () => redis(url, { keyPrefix }),
    // A connection holds nothing in Redis: that of a driver left behind does no harm.
    abandon: async () => undefined,
    dispose: () => deleteKeys(keyPrefix),
  }
}

async function deleteKeys(keyPrefix: string): Promise<void> {
  const client = createClient({ url })
  await client.connect()
  for await (const keys of client.scanIterator({ MATCH: `{${keyPrefix}}:*`, COUNT: 1000 })) {
    if (keys.length > 0) await client.unlink(keys)
  }
  client.destroy()
}

describe('redis driver', () => {
  for (const { name, check } of logDriverCases(createStore, { isShared: true })) it(name, check)
})
