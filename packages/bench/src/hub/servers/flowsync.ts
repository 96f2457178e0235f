import { join } from 'node:path'
import { text } from '@flowsync/crdt'
import * as hubPackage from '@flowsync/hub'
import { createHub, type LogDriver, memory, MemoryDisk, silentLogger, sqlite } from '@flowsync/hub'
import { defineStreams } from '@flowsync/protocol'
import type { RunningServer, ServerOptions } from '../server-types.js'

const UNLIMITED = { perSecond: 100_000_000, burst: 100_000_000 }

/**
 * A hub as an application runs it, but for two things: tokens are not checked, since no peer checks any, and one
 * writer may push as often as it can.
 */
export async function start(options: ServerOptions): Promise<RunningServer> {
  const { hubs = 1, redisUrl: url, channelPrefix = 'flowsync' } = options
  const disk = new MemoryDisk()
  const running = Array.from({ length: hubs }, () =>
    createHub({
      port: 0,
      streams: defineStreams({ 'doc:*': text() }),
      // Hubs of one process share a disk; each has a driver of its own.
      storage: driverOf(options, disk),
      auth: () => ({ subject: 'bench', grants: ['write:*'], expiresAtMs: 0 }),
      logger: silentLogger,
      limits: { pushes: UNLIMITED, ops: UNLIMITED },
      drainSpreadMs: 1,
      ...(url === undefined ? {} : { redis: { url, channelPrefix } }),
    }),
  )
  const addresses = await Promise.all(running.map((hub) => hub.listen()))
  return {
    ports: addresses.map(({ port }) => port),
    close: async () => {
      await Promise.all(running.map((hub) => hub.close()))
    },
  }
}

function driverOf(
  { storage = 'sqlite', storageUrl = '', directory, hubs }: ServerOptions,
  disk: MemoryDisk,
): LogDriver {
  switch (storage) {
    case 'memory':
      return memory({ disk, isShared: hubs !== undefined && hubs > 1 })
    case 'sqlite':
      return sqlite(join(directory, 'hub.db'))
    case 'postgres':
    case 'redis':
      return optionalDriver(storage, storageUrl)
  }
}

/** A driver that not every build of the hub has. */
function optionalDriver(name: 'postgres' | 'redis', url: string): LogDriver {
  const create = (hubPackage as unknown as Record<string, ((url: string) => LogDriver) | undefined>)[name]
  if (!create) throw new Error(`the hub has no driver for ${name}`)
  return create(url)
}
