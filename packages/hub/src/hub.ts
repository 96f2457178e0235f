import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createError, createSystem } from '@flowsync/protocol'
import type { ClusterStatus } from './cluster/cluster-feed.js'
import { ClusterLink } from './cluster/cluster-link.js'
import { RedisConnection } from './cluster/redis-connection.js'
import { redisOptionsOf } from './cluster/redis-options.js'
import { checkHubOptions, type HubOptions } from './config/hub-options.js'
import { createHubEngine, type HubEngine } from './gateway/engine.js'
import { SocketServer } from './gateway/socket-server.js'
import { HubAuthor } from './http/hub-author.js'
import { createHttpApi } from './http/http-api.js'
import { resolveLimits } from './limit/limits.js'
import { createLogger, describeError } from './logging/logger.js'

/** Where a hub listens. */
export interface HubAddress {
  readonly host: string
  readonly port: number
  /** For clients: `createClient({ url })`. */
  readonly url: string
}

/** A running hub, or one that can be. */
export interface Hub {
  /**
   * Opens the storage and listens. Resolves once clients can connect.
   * @throws FlowSyncError `config/port-in-use`, `config/invalid`, `storage/*`; nothing is left open
   */
  listen(): Promise<HubAddress>
  /** Shuts down gracefully: clients are told when to come back, what was pushed is stored and answered. */
  close(): Promise<void>
  /** Undefined unless it listens. */
  readonly address: HubAddress | undefined
  /** How it hears of other hubs on the same storage. Undefined unless it listens. */
  readonly cluster: ClusterStatus | undefined
}

const GOODBYE_MS = 1_000

interface Running {
  readonly http: HttpServer
  readonly openSockets: ReadonlySet<Socket>
  readonly sockets: SocketServer
  readonly engine: HubEngine
  readonly link: ClusterLink | undefined
  readonly address: HubAddress
}

/**
 * Creates a hub: Socket.io and HTTP in front, a durable log behind.
 *
 * ```ts
 * const hub = createHub({ port: 8765, streams, storage: sqlite('flowsync.db'), auth: jwtAuth({ secret }) })
 * await hub.listen()
 * ```
 * @throws FlowSyncError `config/invalid`
 */
export function createHub(options: HubOptions): Hub {
  checkHubOptions(options)
  const { storage, auth, streams, origins, snapshots } = options
  const { host = '127.0.0.1', system = createSystem(), logger = createLogger() } = options
  const limits = resolveLimits(options.limits)
  let running: Running | undefined
  let closing: Promise<void> | undefined

  function createLink(engine: () => HubEngine): ClusterLink | undefined {
    const { redis } = options
    if (redis === undefined) return undefined
    return new ClusterLink({
      connect: (events) => new RedisConnection(redisOptionsOf(redis), events),
      system,
      logger,
      onNotice: (notice) => engine().receive(notice),
      onProven: (isProven) => engine().setLinked(isProven),
    })
  }

  async function start(): Promise<Running> {
    const http = createServer((request, response) => api(request, response))
    const openSockets = trackSockets(http)
    const sockets = new SocketServer({ http, limits, logger, origins })
    const link = createLink(() => engine)
    const engine = createHubEngine({
      storage,
      streams,
      auth,
      system,
      limits,
      logger,
      snapshots,
      compaction: options.compaction,
      broadcast: sockets,
      link,
      pollMs: options.pollMs,
    })
    const author = new HubAuthor(engine.log, system)
    const checkReady = async (): Promise<void> => {
      if (closing) throw createError('hub/draining', 'The hub is shutting down.')
      // Any answer will do: the storage is there.
      await storage.findStream({ workspace: 'default', stream: 'ready' })
    }
    const api = createHttpApi({ log: engine.log, author, auth, system, limits, logger, origins, checkReady })
    sockets.serve(engine)
    try {
      const address = await listenOn(http, options.port, host)
      http.on('error', (error) => logger.error(describeError(error), 'the server failed'))
      link?.start()
      return { http, openSockets, sockets, engine, link, address }
    } catch (error) {
      await engine.close(0)
      throw error
    }
  }

  async function shutDown({ http, openSockets, sockets, engine, link, address }: Running): Promise<void> {
    logger.info({ port: address.port }, 'the hub drains')
    await engine.close(options.drainSpreadMs)
    const closed = sockets.close()
    http.closeAllConnections()
    // Who does not answer to a goodbye is not waited for.
    const cancel = system.setTimer(GOODBYE_MS, () => openSockets.forEach((socket) => socket.destroy()))
    await closed
    cancel()
    link?.close()
    await storage.close()
    logger.info({ port: address.port }, 'the hub has shut down')
  }

  return {
    get address() {
      return running?.address
    },
    get cluster() {
      return running?.engine.cluster
    },
    async listen() {
      if (running) return running.address
      const { wasRestored, warnings = [] } = await storage.open()
      for (const warning of warnings) logger.warn({ storage: storage.kind }, warning)
      if (wasRestored) {
        logger.warn({ storage: storage.kind }, 'the storage may lack its end: all streams begin new epochs')
      }
      try {
        running = await start()
      } catch (error) {
        await storage.close()
        throw error
      }
      logger.info({ ...running.address, storage: storage.kind }, 'the hub listens')
      return running.address
    },
    async close() {
      if (!running) return
      closing ??= shutDown(running)
      await closing
      running = undefined
    },
  }
}

function trackSockets(http: HttpServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>()
  http.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

async function listenOn(http: HttpServer, port: number, host: string): Promise<HubAddress> {
  await new Promise<void>((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => reject(listenError(cause, port, host)))
    http.listen(port, host, resolve)
  })
  const bound = (http.address() as AddressInfo).port
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return {
    host,
    port: bound,
    url: `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${bound}`,
  }
}

function listenError(cause: NodeJS.ErrnoException, port: number, host: string): Error {
  switch (cause.code) {
    case 'EADDRINUSE':
      return createError(
        'config/port-in-use',
        `Port ${port} on ${host} is used by another process. Stop that one, or choose another port; 0 takes any free one.`,
        { cause, details: { port, host } },
      )
    case 'EACCES':
      return createError(
        'config/invalid',
        `Port ${port} may not be used by this user; take one above 1023.`,
        { cause },
      )
    default:
      return createError(
        'config/invalid',
        `The hub cannot listen on ${host} port ${port}: ${cause.code ?? cause.message}.`,
        {
          cause,
        },
      )
  }
}
