import { createSystem, type StreamDefinitions, type System } from '@flowsync/protocol'
import type { Authenticate } from '../auth/authenticate.js'
import type { Broadcast } from '../cluster/broadcast.js'
import { type HubLimits, resolveLimits } from '../limit/limits.js'
import { HubLog } from '../log/hub-log.js'
import type { SnapshotPolicy } from '../log/snapshot-policy.js'
import { yieldTo } from '../log/yield-to.js'
import { type HubLogger, silentLogger } from '../logging/logger.js'
import { maskAddress } from '../logging/mask-address.js'
import type { LogDriver } from '../storage/driver.js'
import { Connection } from './connection.js'
import type { GatewayContext } from './gateway-context.js'
import type { ConnectionHandlers, HubConnection } from './hub-connection.js'
import { Workspace } from './workspace.js'

/** What an engine works with. */
export interface HubEngineOptions {
  /** Opened by the caller, and closed by it after `close`. */
  readonly storage: LogDriver
  readonly streams: StreamDefinitions
  readonly auth: Authenticate
  readonly broadcast: Broadcast
  readonly system?: System
  readonly limits?: Partial<HubLimits>
  readonly logger?: HubLogger
  readonly snapshots?: Partial<SnapshotPolicy>
  readonly fanoutWindowMs?: number
}

/** A hub without sockets: give it connections, it does the rest. */
export interface HubEngine {
  readonly log: HubLog
  readonly connectionCount: number
  /** What waits for all connections together, because they read slower than they are sent to. */
  readonly unreadBytes: number
  /** Serves a new connection. Call the handlers it returns with the connection's frames and its end. */
  accept(workspace: string, connection: HubConnection): ConnectionHandlers
  /**
   * Shuts down gracefully: tells clients to come back later (each after another wait, up to
   * `spreadMs`), answers what is under way, then closes all connections.
   */
  close(spreadMs?: number): Promise<void>
}

const DEFAULT_SPREAD_MS = 2_000
const MIN_RECONNECT_MS = 100

/** Creates a hub without sockets: `createHub` puts Socket.io in front of one, the simulator a virtual network. */
export function createHubEngine(options: HubEngineOptions): HubEngine {
  const { system = createSystem(), logger = silentLogger } = options
  const limits = resolveLimits(options.limits)
  const log = new HubLog({ ...options, system, logger, limits })
  const workspaces = new Map<string, Workspace>()
  let isDraining = false
  const context: GatewayContext = {
    log,
    auth: options.auth,
    system,
    limits,
    logger,
    isDraining: () => isDraining,
  }

  function accept(name: string, peer: HubConnection): ConnectionHandlers {
    const workspace = workspaces.get(name) ?? new Workspace(name)
    workspaces.set(name, workspace)
    const address = maskAddress(peer.address)
    const connection = new Connection(context, name, peer, () => {
      workspace.remove(connection)
      if (workspace.isEmpty) workspaces.delete(name)
      logger.debug({ workspace: name, address }, 'a connection ended')
    })
    workspace.add(connection)
    logger.debug({ workspace: name, address }, 'a connection began')
    return connection
  }

  const connections = (): Connection[] => [...workspaces.values()].flatMap((workspace) => workspace.list())

  async function close(spreadMs = DEFAULT_SPREAD_MS): Promise<void> {
    isDraining = true
    for (const connection of connections()) {
      const reconnectAfterMs = MIN_RECONNECT_MS + Math.floor(system.random() * spreadMs)
      connection.send({ type: 'drain', reconnectAfterMs })
    }
    await log.close()
    // The answers to the last appends are on their way within this turn of the event loop.
    await yieldTo(system)
    for (const connection of connections()) connection.close()
  }

  return {
    log,
    get connectionCount() {
      return [...workspaces.values()].reduce((sum, workspace) => sum + workspace.list().length, 0)
    },
    get unreadBytes() {
      return connections().reduce((sum, connection) => sum + connection.unreadBytes, 0)
    },
    accept,
    close,
  }
}
