import { createClient, type FlowSyncClient } from '@flowsync/core'
import { counter, log, text } from '@flowsync/crdt'
import { createHub, jwtAuth, memory, MemoryDisk, silentLogger, type Hub } from '@flowsync/hub'
import { defineStreams } from '@flowsync/protocol'
import { createHubToken } from '@flowsync/token'
import { TcpProxy, type ProxyTarget } from '../chaos/tcp-proxy.js'

const clusterStreams = defineStreams({ 'doc:*': text(), 'counter:*': counter(), 'chat:*': log<string>() })

export type ClusterClient = FlowSyncClient<typeof clusterStreams>

const SECRET = 'a secret of at least thirty-two bytes'

/** A connection that came to the address. */
export interface Arrival {
  readonly atMs: number
  /** Number of the hub that it was passed on to. */
  readonly hub: number
}

/** Hubs in this process on one storage and behind one address, whose balancer sends connections in turn to whoever listens. */
export class HubCluster {
  readonly disk = new MemoryDisk()
  readonly arrivals: Arrival[] = []
  readonly address: TcpProxy
  private readonly hubs: (Hub | undefined)[] = []
  private readonly clients: ClusterClient[] = []
  private turn = 0
  private only: number | undefined

  private constructor(address: TcpProxy) {
    this.address = address
  }

  static async start(count: number): Promise<HubCluster> {
    const known: { cluster?: HubCluster } = {}
    const cluster = new HubCluster(await TcpProxy.start({ route: () => known.cluster?.route() }))
    known.cluster = cluster
    for (let number = 0; number < count; number++) await cluster.startHub(number)
    return cluster
  }

  async startHub(number: number): Promise<void> {
    const hub = createHub({
      port: 0,
      streams: clusterStreams,
      storage: memory({ disk: this.disk, isShared: true }),
      auth: jwtAuth({ secret: SECRET }),
      logger: silentLogger,
    })
    await hub.listen()
    this.hubs[number] = hub
  }

  /** Drains a hub. Nobody new is sent to it. */
  async stopHub(number: number): Promise<void> {
    const hub = this.hubs[number]
    this.hubs[number] = undefined
    await hub?.close()
  }

  /** From now on connections go to this hub alone, or to all again. */
  send(only: number | undefined): void {
    this.only = only
  }

  client(subject: string, options: { readonly connect?: boolean } = {}): ClusterClient {
    const client = createClient({
      url: `http://127.0.0.1:${this.address.port}`,
      streams: clusterStreams,
      token: () =>
        createHubToken({
          subject,
          grants: ['write:doc:*', 'write:counter:*', 'write:chat:*'],
          secret: SECRET,
          expiresInSeconds: 3_600,
        }),
      subject,
      connect: true,
      ...options,
    })
    this.clients.push(client)
    return client
  }

  /** How many ops of a stream are stored. */
  storedOf(stream: string): number {
    return this.disk.stream({ workspace: 'default', stream })?.headSeq ?? 0
  }

  async close(): Promise<void> {
    for (const client of this.clients) await client.close()
    await Promise.all(this.hubs.flatMap((hub) => (hub ? [hub.close()] : [])))
    await this.address.stop()
  }

  private route(): ProxyTarget | undefined {
    const listening = this.hubs.flatMap((hub, number) => {
      const isMeant = this.only === undefined || this.only === number
      return hub?.address && isMeant ? [{ number, port: hub.address.port }] : []
    })
    const chosen = listening[this.turn++ % Math.max(1, listening.length)]
    if (!chosen) return undefined
    this.arrivals.push({ atMs: performance.now(), hub: chosen.number })
    return { port: chosen.port, name: `hub${chosen.number}` }
  }
}
