import { createSystem, type StreamDefinitions, type System } from '@flowsync/protocol'
import type { Authenticate } from '../auth/authenticate.js'
import type { Broadcast, FeedNotice, HubLink } from '../cluster/broadcast.js'
import { ClusterFeed, type ClusterStatus } from '../cluster/cluster-feed.js'
import { type HubLimits, resolveLimits } from '../limit/limits.js'
import type { CompactionPolicy } from '../log/compaction-policy.js'
import type { OpenStream } from '../log/open-stream.js'
import { HubLog } from '../log/hub-log.js'
import type { SnapshotPolicy } from '../log/snapshot-policy.js'
import { yieldTo } from '../log/yield-to.js'
import { type HubLogger, silentLogger } from '../logging/logger.js'
import { maskAddress } from '../logging/mask-address.js'
import type { LogDriver } from '../storage/driver.js'
import { Connection } from './connection.js'
import { sendAway } from './departures.js'
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
  /** Takes what is stored here to the other hubs on the same storage. */
  readonly link?: HubLink
  /** How often a storage that is shared is asked what other hubs stored. Default 2000. */
  readonly pollMs?: number
  readonly system?: System
  readonly limits?: Partial<HubLimits>
  readonly logger?: HubLogger
  readonly snapshots?: Partial<SnapshotPolicy>
  readonly compaction?: Partial<CompactionPolicy> | false
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
  readonly cluster: ClusterStatus
  /** Tells connections of this hub what another hub sent over the link. */
  receive(notice: FeedNotice): void
  /**
   * Whether what other hubs send over the link arrives here; false at the beginning. While it does not, readers are told what
   * is found in the storage, if that is shared.
   */
  setLinked(isLinked: boolean): void
  /** True once it shuts down: it takes nobody new. */
  readonly isDraining: boolean
  /**
   * Shuts down gracefully: takes nobody new, sends its clients away one after the other over `spreadMs` and serves
   * each until its turn, then answers what is under way and closes what is left.
   */
  close(spreadMs?: number): Promise<void>
}

const DEFAULT_SPREAD_MS = 2_000

/** Creates a hub without sockets: `createHub` puts Socket.io in front of one, the simulator a virtual network. */
export function createHubEngine(options: HubEngineOptions): HubEngine {
  const { system = createSystem(), logger = silentLogger } = options
  const limits = resolveLimits(options.limits)
  const workspaces = new Map<string, Workspace>()
  const connections = (): Connection[] => [...workspaces.values()].flatMap((workspace) => workspace.list())
  const { storage, broadcast, link, pollMs } = options
  const followed = (): OpenStream[] => connections().flatMap((connection) => connection.followed())
  const feed = new ClusterFeed({ storage, system, logger, broadcast, link, pollMs, followed })
  const log = new HubLog({ ...options, system, logger, limits, broadcast: feed })
  let phase: 'serving' | 'draining' | 'closing' = 'serving'
  const context: GatewayContext = {
    log,
    auth: options.auth,
    system,
    limits,
    logger,
    isDraining: () => phase !== 'serving',
    isClosing: () => phase === 'closing',
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

  async function close(spreadMs = DEFAULT_SPREAD_MS): Promise<void> {
    phase = 'draining'
    await sendAway(connections(), spreadMs, system)
    phase = 'closing'
    await feed.close()
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
    get isDraining() {
      return phase !== 'serving'
    },
    get cluster() {
      return feed.status
    },
    receive: (notice) => feed.receive(notice),
    setLinked: (isLinked) => feed.setLinked(isLinked),
    accept,
    close,
  }
}
