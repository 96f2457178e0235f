import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { ProxyPipe, type LinkMode } from './proxy-pipe.js'

/** Where a proxy passes connections on to. */
export interface ProxyTarget {
  readonly port: number
  /** What the connection is counted under in {@link TcpProxy.countTo}. */
  readonly name: string
}

/** Where a proxy leads. */
export interface TcpProxyOptions {
  /** Asked for each connection; undefined refuses it. */
  readonly route: () => ProxyTarget | undefined
  /** A connection came, went or will never be of use again. */
  readonly onChange?: () => void
}

/** One connection of a client, and the one to the server that belongs to it. */
interface Pair {
  readonly client: Socket
  readonly server: Socket
  readonly target: ProxyTarget
  readonly pipes: readonly [ProxyPipe, ProxyPipe]
  /** Bytes of it were swallowed: whatever comes later makes no sense to either side. */
  isHalfOpen: boolean
}

/**
 * A TCP proxy on 127.0.0.1 that stands for a network and does what networks do: it delays, throttles, holds back (also in one direction
 * only), cuts, and leaves connections half open. Connections that exist feel a new mode at once.
 */
export class TcpProxy {
  readonly port: number
  private readonly server: Server
  private readonly options: TcpProxyOptions
  private readonly pairs = new Set<Pair>()
  private mode: LinkMode = { kind: 'pass' }

  private constructor(server: Server, options: TcpProxyOptions) {
    this.server = server
    this.options = options
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (socket) => this.accept(socket))
  }

  /** Listens on a free port. */
  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new TcpProxy(server, options)
  }

  /** What the network does from now on. What was held back or delayed is delivered after all; what was swallowed never is. */
  setMode(mode: LinkMode): void {
    this.mode = mode
    for (const pair of [...this.pairs]) {
      if (mode.kind === 'cut') this.drop(pair)
      this.apply(pair)
      this.tell(pair)
    }
    this.options.onChange?.()
  }

  /** True while somebody holds a connection of which bytes were swallowed, and has not found out. */
  get hasHalfOpen(): boolean {
    return [...this.pairs].some(({ isHalfOpen, client }) => isHalfOpen && !client.destroyed)
  }

  /** How many connections to this target there are. */
  countTo(name: string): number {
    return [...this.pairs].filter(({ target }) => target.name === name).length
  }

  /** Ends every connection and listens no more. */
  async stop(): Promise<void> {
    for (const pair of [...this.pairs]) this.drop(pair)
    this.server.close()
    await once(this.server, 'close')
  }

  private accept(client: Socket): void {
    client.on('error', () => client.destroy())
    const target = this.mode.kind === 'cut' ? undefined : this.options.route()
    if (target === undefined) {
      client.resetAndDestroy()
      return
    }
    const server = connect({ port: target.port, host: '127.0.0.1', allowHalfOpen: true })
    client.setNoDelay(true)
    server.setNoDelay(true)
    const pipes = [new ProxyPipe(client, server), new ProxyPipe(server, client)] as const
    const pair: Pair = { client, server, target, pipes, isHalfOpen: false }
    this.pairs.add(pair)
    for (const socket of [client, server]) {
      socket.on('error', () => socket.destroy())
      socket.once('close', () => {
        this.tell(pair)
        this.options.onChange?.()
      })
    }
    this.apply(pair)
    this.options.onChange?.()
  }

  private apply(pair: Pair): void {
    const { mode } = this
    if (mode.kind === 'swallow') pair.isHalfOpen = true
    if (!pair.isHalfOpen) {
      pair.pipes[0].setMode(mode.kind === 'hold' && mode.direction === 'to-client' ? { kind: 'pass' } : mode)
      pair.pipes[1].setMode(mode.kind === 'hold' && mode.direction === 'to-server' ? { kind: 'pass' } : mode)
      return
    }
    for (const pipe of pair.pipes) pipe.setMode({ kind: 'swallow' })
  }

  /** One side may have gone. The other is told, unless the network keeps that back too. */
  private tell(pair: Pair): void {
    const { client, server } = pair
    const isKeptBack = this.mode.kind === 'hold' || this.mode.kind === 'swallow'
    if (client.destroyed && server.destroyed) this.drop(pair)
    else if ((client.destroyed || server.destroyed) && !isKeptBack) this.drop(pair)
  }

  private drop(pair: Pair): void {
    if (!this.pairs.delete(pair)) return
    for (const pipe of pair.pipes) pipe.dispose()
    for (const socket of [pair.client, pair.server]) reset(socket)
    this.options.onChange?.()
  }
}

/** Ends a connection as hard as can be. Node cannot reset one whose end is on its way, and would keep it open for ever. */
function reset(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
