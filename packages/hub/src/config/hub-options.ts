import { createError, type StreamDefinitions, type System } from '@flowsync/protocol'
import type { Authenticate } from '../auth/authenticate.js'
import type { HubLimits } from '../limit/limits.js'
import type { CompactionPolicy } from '../log/compaction-policy.js'
import type { SnapshotPolicy } from '../log/snapshot-policy.js'
import type { HubLogger } from '../logging/logger.js'
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
  /** Links hubs that share one storage, such as `redis://localhost:6379`. */
  readonly redis?: string
  readonly limits?: Partial<HubLimits>
  /** Web pages that may connect. */
  readonly origins?: Origins
  readonly snapshots?: Partial<SnapshotPolicy>
  /** When logs are compacted in the background; `false` for never. */
  readonly compaction?: Partial<CompactionPolicy> | false
  readonly system?: System
  /** Default: JSON lines on standard output from level `info`. */
  readonly logger?: HubLogger
  /** When it shuts down, the hub sends its clients away for up to this long, spread evenly. Default 2000. */
  readonly drainSpreadMs?: number
}

const MAX_PORT = 65_535

/** @throws FlowSyncError `config/invalid`, naming the option */
export function checkHubOptions({ port, origins, auth, storage, streams }: HubOptions): void {
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw createError('config/invalid', `The option "port" must be an integer from 0 to ${MAX_PORT}.`)
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
}
