import { createError, type StreamDefinitions, type System } from '@flowsync/protocol'
import type { Authenticate } from '../auth/authenticate.js'
import type { HubLimits } from '../limit/limits.js'
import type { CompactionPolicy } from '../log/compaction-policy.js'
import type { SnapshotPolicy } from '../log/snapshot-policy.js'
import type { HubLogger } from '../logging/logger.js'
import { type RedisOptions, redisOptionsOf } from '../cluster/redis-options.js'
import type { LogDriver } from '../storage/driver.js'
import { checkOrigins, type Origins } from './origins.js'

/** How a hub is set up. */
export interface HubOptions {
  /** 0 for any free one. */
  readonly port: number
  /** The address to listen on. Default 127.0.0.1: behind a proxy or in a container say `0.0.0.0`. */
  readonly host?: string
  /** The same definitions that the clients use. */
  readonly streams: StreamDefinitions
  /** `sqlite('flowsync.db')` or `memory()`; opened by `listen`, closed by `close`. */
  readonly storage: LogDriver
  /** `jwtAuth({ secret })`, or a function. There is no hub without one. */
  readonly auth: Authenticate
  /**
   * Links hubs that share one storage, such as `redis://localhost:6379`: readers hear at once what was pushed to another
   * hub. Without it they hear within `pollMs`.
   */
  readonly redis?: string | RedisOptions
  /** How often a storage that several hubs may share is asked what the others stored, in milliseconds. Default 2000. */
  readonly pollMs?: number
  readonly limits?: Partial<HubLimits>
  /** Web pages that may connect. */
  readonly origins?: Origins
  readonly snapshots?: Partial<SnapshotPolicy>
  /** When logs are compacted in the background; `false` for never. */
  readonly compaction?: Partial<CompactionPolicy> | false
  readonly system?: System
  /** Default: JSON lines on standard output from level `info`. */
  readonly logger?: HubLogger
  /** When it shuts down, the hub sends its clients away one after the other over this long. Default 2000. */
  readonly drainSpreadMs?: number
}

const MAX_PORT = 65_535
const MIN_POLL_MS = 50
/** Readers are promised to lag 5 s at most. */
const MAX_POLL_MS = 4_000

/** @throws FlowSyncError `config/invalid`, naming the option */
export function checkHubOptions(options: HubOptions): void {
  const { port, origins, auth, storage, streams, drainSpreadMs = 0 } = options
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw createError('config/invalid', `The option "port" must be an integer from 0 to ${MAX_PORT}.`)
  }
  if (!Number.isFinite(drainSpreadMs) || drainSpreadMs < 0) {
    throw createError('config/invalid', 'The option "drainSpreadMs" must be a number of 0 or more.')
  }
  // JavaScript callers are not checked by the compiler, and a hub without authentication must not start.
  for (const [name, value, type] of [
    ['auth', auth, 'function'],
    ['storage', storage, 'object'],
    ['streams', streams, 'object'],
  ] as const) {
    if (typeof value === type) continue
    throw createError('config/invalid', `The option "${name}" is missing.`)
  }
  checkOrigins(origins)
  checkCluster(options)
}

/** Hubs that believe to be linked while each keeps a log of its own would be as many truths. */
function checkCluster({ redis, storage, pollMs }: HubOptions): void {
  if (redis !== undefined) {
    redisOptionsOf(redis)
    if (!storage.isShared) {
      throw createError(
        'config/invalid',
        `The option "redis" links hubs that share one storage, which ${storage.kind} cannot be. Take one that can, such as postgres(…) or redis(…), or leave "redis" away.`,
      )
    }
  }
  if (pollMs !== undefined && !(pollMs >= MIN_POLL_MS && pollMs <= MAX_POLL_MS)) {
    throw createError('config/invalid', `The option "pollMs" must be from ${MIN_POLL_MS} to ${MAX_POLL_MS}.`)
  }
}
