import { createError, type StreamDefinitions } from '@flowsync/protocol'
import { defaultStreams } from '../config/default-streams.js'
import { loadStreams } from '../config/load-streams.js'
import { createHub, type Hub } from '../hub.js'
import type { Authenticate } from '../auth/authenticate.js'
import type { Origins } from '../config/origins.js'
import type { RedisOptions } from '../cluster/redis-options.js'
import { createLogger } from '../logging/logger.js'
import { storageOf } from './storage-of.js'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** What `flowsync dev` and `flowsync start` have in common. */
export interface ServeOptions {
  readonly port: number
  readonly host: string
  /** A file, `:memory:`, or the URL of a server: see `storageOf`. */
  readonly db: string
  readonly streams: StreamDefinitions
  readonly auth: Authenticate
  readonly redis?: RedisOptions | undefined
  readonly origins?: Origins
  readonly logLevel: (typeof LOG_LEVELS)[number]
  /** Over how long clients are sent away, in milliseconds. */
  readonly drain?: number
}

/** Starts a hub that drains at SIGINT and SIGTERM; a second signal ends the process at once. */
export async function serve(options: ServeOptions): Promise<Hub> {
  const { port, host, auth, redis, origins, logLevel, streams } = options
  const hub = createHub({
    port,
    host,
    auth,
    redis,
    origins,
    streams,
    storage: storageOf(options.db),
    logger: createLogger(logLevel),
    drainSpreadMs: options.drain,
  })
  await hub.listen()
  drainAtSignals(hub)
  return hub
}

/** The definitions of a module, or the default ones. */
export async function streamsOf(file: string | undefined): Promise<StreamDefinitions> {
  return file === undefined ? defaultStreams : loadStreams(file)
}

function drainAtSignals(hub: Hub): void {
  let isDraining = false
  const drain = (): void => {
    if (isDraining) process.exit(130)
    isDraining = true
    hub.close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGINT', drain)
  process.on('SIGTERM', drain)
}

/** @throws FlowSyncError `config/invalid` */
export function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw createError('config/invalid', `"${text}" is no port: take a number from 0 to 65535.`)
}
