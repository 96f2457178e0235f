import type { IncomingHttpHeaders, Server as HttpServer } from 'node:http'
import type { FlowSyncError } from '@flowsync/crdt'
import { createError, MESSAGE_EVENT, socketParser } from '@flowsync/protocol'
import { Server, type Socket } from 'socket.io'
import type { Broadcast } from '../cluster/broadcast.js'
import { isOriginAllowed, type Origins } from '../config/origins.js'
import type { HubLimits } from '../limit/limits.js'
import { describeError, type HubLogger } from '../logging/logger.js'
import { maskAddress } from '../logging/mask-address.js'
import type { HubEngine } from './engine.js'
import { draining } from './handlers/hello.js'
import { SocketBroadcast } from './socket-broadcast.js'
import { type PeerWire, roomOf, SocketPeer } from './socket-peer.js'
import { gatherHandshake, gatherWrites } from './socket-turn.js'
import { boundUnknown } from './unknown-peer.js'
import { Unread } from './unread.js'
import { WORKSPACE_NAMESPACE } from './workspace.js'

/** What a {@link SocketServer} works with. */
export interface SocketServerOptions {
  readonly http: HttpServer
  readonly limits: HubLimits
  readonly logger: HubLogger
  readonly origins?: Origins
}

const ENVELOPE_BYTES = 1024
const CONNECT_TIMEOUT_MS = 5_000

/** Socket.io in front of an engine: a namespace is a workspace, an event is a frame. */
export class SocketServer implements Broadcast {
  private readonly io: Server
  private readonly options: SocketServerOptions
  private readonly perAddress = new Map<string, number>()
  private readonly wires = new WeakMap<Socket['conn'], PeerWire>()
  /** By the id of their socket, which is how rooms name them. */
  private readonly peers = new Map<string, SocketPeer>()
  private connections = 0

  constructor(options: SocketServerOptions) {
    this.options = options
    const { http, limits } = options
    this.io = new Server(http, {
      transports: ['websocket'],
      allowUpgrades: false,
      parser: socketParser,
      // Ops are small and dense; compressing each frame costs more than it saves, and memory per connection.
      perMessageDeflate: false,
      httpCompression: false,
      serveClient: false,
      cleanupEmptyChildNamespaces: true,
      // A frame travels with the name of its namespace. What is above is refused while it is received.
      maxHttpBufferSize: limits.frameBytes + ENVELOPE_BYTES,
      connectTimeout: CONNECT_TIMEOUT_MS,
      pingInterval: limits.pingIntervalMs,
      pingTimeout: limits.pingTimeoutMs,
      allowRequest: ({ headers, socket }, decide) => {
        const isAllowed = this.isPageAllowed(headers)
        if (isAllowed) gatherHandshake(socket)
        decide(isAllowed ? undefined : 'the origin is not allowed', isAllowed)
      },
    })
  }

  /** Serves connections with the engine from now on. */
  serve(engine: HubEngine): void {
    const { logger } = this.options
    this.io.engine.on('connection', (conn: Socket['conn']) => {
      this.wires.set(conn, this.wireOn(conn))
      // The request with its headers would stay as long as the connection. Socket.io goes on without it.
      Object.assign(conn, { request: null })
    })
    this.io.use((_socket, next) =>
      next(createError('config/invalid', 'Connect to a workspace, such as /default.')),
    )
    const workspaces = this.io.of(WORKSPACE_NAMESPACE)
    workspaces.use((socket, next) => next(engine.isDraining ? tell(draining()) : this.refusalOf(socket)))
    workspaces.on('connection', (socket) => {
      const wire = this.wires.get(socket.conn)
      if (!wire) throw new Error('a connection that engine.io did not announce')
      const { address } = socket.handshake
      this.count(address, 1)
      const peer = new SocketPeer(socket, wire)
      this.peers.set(socket.id, peer)
      const handlers = engine.accept(socket.nsp.name.slice(1), peer)
      const unwatch = wire.unread.watch((hasGrown) => handlers.onUnread(hasGrown))
      socket.on(MESSAGE_EVENT, (frame: Uint8Array) => {
        try {
          handlers.onFrame(frame)
        } catch (error) {
          // A fault of the hub may cost this connection, never the process.
          logger.error({ address: maskAddress(address), ...describeError(error) }, 'a frame was not handled')
          socket.disconnect(true)
        }
      })
      socket.on('error', (error) => logger.debug(describeError(error), 'a connection failed'))
      socket.on('disconnect', () => {
        this.count(address, -1)
        this.peers.delete(socket.id)
        unwatch()
        handlers.onClose()
      })
    })
  }

  publish(workspace: string, stream: string, frame: Uint8Array): void {
    const namespace = this.io._nsps.get(`/${workspace}`)
    const readers = namespace?.adapter.rooms.get(roomOf(stream))
    // Nobody is connected to the workspace here, or has the stream open.
    if (!namespace || !readers) return
    const broadcast = new SocketBroadcast(namespace.name, frame)
    for (const id of readers) this.peers.get(id)?.feed(broadcast)
  }

  /** Ends all connections. The HTTP server is closed too. */
  async close(): Promise<void> {
    await this.io.close()
  }

  private wireOn(conn: Socket['conn']): PeerWire {
    const { limits } = this.options
    const { socket } = conn.request
    return {
      unread: new Unread(conn, limits.unreadBytes),
      admit: boundUnknown(socket, limits.helloBytes),
      gather: gatherWrites(socket),
    }
  }

  private isPageAllowed({ origin, host }: IncomingHttpHeaders): boolean {
    const { origins, logger } = this.options
    try {
      return isOriginAllowed(origins, origin, host)
    } catch (error) {
      // A function of the application that some origin makes throw, as `null` may, must not end the process.
      logger.error(describeError(error), 'the option "origins" failed')
      return false
    }
  }

  private refusalOf(socket: Socket): Error | undefined {
    const { limits } = this.options
    const isFull = this.connections >= limits.connections
    const isCrowded = (this.perAddress.get(socket.handshake.address) ?? 0) >= limits.connectionsPerAddress
    if (!isFull && !isCrowded) return undefined
    return tell(
      createError('hub/overloaded', 'The hub has as many connections as it takes.', {
        details: { retryAfterMs: 5_000 },
      }),
    )
  }

  private count(address: string, change: 1 | -1): void {
    this.connections += change
    const count = (this.perAddress.get(address) ?? 0) + change
    if (count > 0) this.perAddress.set(address, count)
    else this.perAddress.delete(address)
  }
}

/** The error as Socket.io tells it to a client that may not connect. */
function tell(error: FlowSyncError): Error {
  const { retryAfterMs } = error.details
  return Object.assign(error, { data: { code: error.code, retryAfterMs } })
}
