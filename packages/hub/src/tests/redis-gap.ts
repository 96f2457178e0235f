import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A stretch of network between hubs and Redis that does to them what networks and servers do. */
export class RedisGap {
  private readonly server: Server
  private readonly pairs = new Set<{
    readonly client: Socket
    readonly upstream: Socket
    isSubscriber: boolean
  }>()
  /** Nothing gets through, and nobody is told: connections are half open. */
  isSilent = false
  /** New connections may publish, and what they subscribe to is confirmed and forgotten. */
  forgetsSubscriptions = false

  private constructor(server: Server, targetPort: number) {
    this.server = server
    server.on('connection', (client) => this.accept(client, targetPort))
  }

  static async start(targetPort: number): Promise<RedisGap> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new RedisGap(server, targetPort)
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** Takes the subscriptions of every connection away behind the client's back, as a server that came back without them. */
  loseSubscriptions(): void {
    for (const { upstream, isSubscriber } of this.pairs) if (isSubscriber) upstream.write('SUNSUBSCRIBE\r\n')
  }

  async stop(): Promise<void> {
    for (const { client, upstream } of this.pairs) {
      client.destroy()
      upstream.destroy()
    }
    this.server.close()
    await once(this.server, 'close')
  }

  private accept(client: Socket, port: number): void {
    const upstream = connect(port, '127.0.0.1')
    const pair = { client, upstream, isSubscriber: false }
    this.pairs.add(pair)
    const { forgetsSubscriptions } = this
    client.on('data', (data: Buffer) => {
      if (this.isSilent) return
      if (data.includes('ssubscribe')) {
        pair.isSubscriber = true
        upstream.write(data)
        if (forgetsSubscriptions) upstream.write('SUNSUBSCRIBE\r\n')
      } else upstream.write(data)
    })
    upstream.on('data', (data: Buffer) => {
      // The client must not learn what was done to it.
      if (!this.isSilent) client.write(withoutFarewells(data))
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => one.destroy())
      one.on('close', () => {
        this.pairs.delete(pair)
        if (!this.isSilent) other.destroy()
      })
    }
  }
}

const FAREWELL = /\*3\r\n\$12\r\nsunsubscribe\r\n(?:\$-1|\$\d+\r\n[^\r]*)\r\n:\d+\r\n/g

function withoutFarewells(data: Buffer): Buffer {
  if (!data.includes('sunsubscribe')) return data
  return Buffer.from(data.toString('latin1').replaceAll(FAREWELL, ''), 'latin1')
}
