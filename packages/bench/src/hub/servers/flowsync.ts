import { join } from 'node:path'
import { text } from '@flowsync/crdt'
import { createHub, memory, postgres, redis, silentLogger, sqlite } from '@flowsync/hub'
import { defineStreams } from '@flowsync/protocol'
import type { RunningServer, ServerOptions } from '../server-types.js'

const UNLIMITED = { perSecond: 100_000_000, burst: 100_000_000 }

/**
 * A hub as an application runs it, but for two things: tokens are not checked, since no peer checks any, and one
 * writer may push as often as it can.
 */
export async function start(options: ServerOptions): Promise<RunningServer> {
  const { redisUrl: url, channelPrefix = 'flowsync' } = options
  const hub = createHub({
    port: 0,
    streams: defineStreams({ 'doc:*': text() }),
    storage: driverOf(options),
    auth: () => ({ subject: 'bench', grants: ['write:*'], expiresAtMs: 0 }),
    logger: silentLogger,
    limits: { pushes: UNLIMITED, ops: UNLIMITED },
    drainSpreadMs: 1,
    ...(url === undefined ? {} : { redis: { url, channelPrefix } }),
  })
  const { port } = await hub.listen()
  return { port, close: () => hub.close() }
}

function driverOf({
  storage = 'sqlite',
  storageUrl = '',
  storageName = 'flowsync',
  directory,
}: ServerOptions) {
  switch (storage) {
    case 'memory':
      return memory()
    case 'sqlite':
      return sqlite(join(directory, 'hub.db'))
    case 'postgres':
      return postgres({ connectionString: storageUrl, schema: storageName })
    case 'redis':
      return redis(storageUrl, { keyPrefix: storageName })
  }
}
