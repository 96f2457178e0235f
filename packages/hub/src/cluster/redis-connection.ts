import { createAdapter, createShardedAdapter } from '@socket.io/redis-adapter'
import { createClient, ErrorReply } from 'redis'
import { Server } from 'socket.io'
import { createError } from '@flowsync/protocol'
import type { FeedNotice } from './broadcast.js'
import type { LinkConnection, LinkConnectionEvents } from './cluster-link.js'
import { isRequestOf } from './is-request-of.js'
import { argsOfNotice, noticeOfArgs } from './notice-args.js'
import { Probe } from './probe.js'
import type { RedisOptions } from './redis-options.js'

type Client = ReturnType<typeof openClient>

const FEED_EVENT = 'feed'
const CONNECT_TIMEOUT_MS = 2_000
/** Hints that wait for a Redis that is slower than the hubs are worth less than a link made anew. */
const UNSENT_BYTES = 32 * 1024 * 1024
/** What the adapters call and whose promises they do not look at. */
const UNOBSERVED = new Set(['publish', 'sPublish', 'subscribe', 'pSubscribe', 'sSubscribe'])

/**
 * Connects to Redis for as long as that lasts: a publisher, a subscriber, and on top of both the Socket.io adapter that
 * fits the server. Redis 7 has sharded pub/sub; older ones have the classic kind, which knows no bytes. The server
 * decides anew with each connection, so all hubs of a cluster agree, also after it was upgraded.
 *
 * The adapter serves a Socket.io server without sockets, whose events go from hub to hub. What is told to a hub's own
 * connections never passes it, and never waits for Redis.
 */
export class RedisConnection implements LinkConnection {
  mode: '' | 'sharded' | 'classic' = ''
  private readonly prefix: string
  private readonly events: LinkConnectionEvents
  private readonly publisher: Client
  private readonly subscriber: Client
  private readonly probes: Probe
  private io: Server | undefined
  private unsentBytes = 0

  constructor({ url, channelPrefix = 'flowsync' }: RedisOptions, events: LinkConnectionEvents) {
    this.prefix = channelPrefix
    this.events = events
    this.publisher = openClient(url)
    this.subscriber = openClient(url)
    this.probes = new Probe(events.onEcho)
    for (const client of [this.publisher, this.subscriber]) {
      client.on('error', events.onFailed)
      client.on('end', () => events.onFailed(undefined))
    }
    this.open().then(events.onOpened, events.onFailed)
  }

  send(notice: FeedNotice): void {
    this.io?.serverSideEmit(FEED_EVENT, ...argsOfNotice(notice, this.mode === 'classic'))
  }

  probe(number: number): void {
    const channel = this.channel
    const message = this.probes.make(number)
    const sent =
      this.mode === 'sharded'
        ? this.publisher.sPublish(channel, message)
        : this.publisher.publish(channel, message)
    sent.catch(this.events.onFailed)
  }

  close(): void {
    // One that never came to be open has a connection under way all the same.
    for (const client of [this.publisher, this.subscriber]) if (client.isOpen) client.destroy()
  }

  /** The channel that the adapter publishes events to. */
  private get channel(): string {
    return this.mode === 'sharded' ? `${this.prefix}#/#` : `${this.prefix}-request#/#`
  }

  private async open(): Promise<void> {
    const { publisher, subscriber } = this
    await Promise.all([publisher.connect(), subscriber.connect()])
    this.mode = (await canShard(publisher, this.channel)) ? 'sharded' : 'classic'
    this.io = new Server({ adapter: this.createAdapter() })
    this.io.on(FEED_EVENT, (...args: unknown[]) => {
      const notice = noticeOfArgs(args)
      if (notice) this.events.onNotice(notice)
    })
    // After the adapter has subscribed to the same channel on the same connection.
    const take = (message: Buffer): void => this.probes.take(message)
    if (this.mode === 'sharded') await subscriber.sSubscribe(this.channel, take, true)
    else await subscriber.subscribe(this.channel, take, true)
  }

  private createAdapter() {
    const publisher = this.observed(this.publisher)
    const subscriber = this.observed(this.subscriber)
    const { prefix } = this
    if (this.mode === 'sharded') {
      return createShardedAdapter(publisher, subscriber, {
        channelPrefix: prefix,
        subscriptionMode: 'static',
      })
    }
    return createAdapter(publisher, onlyHearing(FEED_EVENT, subscriber), {
      key: prefix,
      publishOnSpecificResponseChannel: true,
    })
  }

  /** The client for an adapter: a rejection that nobody looks at would end the process, and means that the connection is of no use. */
  private observed(client: Client): Client {
    const watch = (method: (...args: unknown[]) => Promise<unknown>, args: unknown[]): Promise<unknown> => {
      const bytes = sizeOf(args[1])
      this.unsentBytes += bytes
      if (this.unsentBytes > UNSENT_BYTES) this.events.onFailed(tooSlow())
      return method(...args).then(
        (reply) => {
          this.unsentBytes -= bytes
          return reply
        },
        (error: unknown) => this.events.onFailed(error),
      )
    }
    return new Proxy(client, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        const method = member.bind(target) as (...args: unknown[]) => Promise<unknown>
        if (typeof name !== 'string' || !UNOBSERVED.has(name)) return method
        return (...args: unknown[]) => watch(method, args)
      },
    })
  }
}

/** The client for the classic adapter, which survives no other messages than its own. */
function onlyHearing(event: string, client: Client): Client {
  type Listener = (message: Buffer, channel: Buffer) => void
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (name !== 'subscribe' && name !== 'pSubscribe') return member
      const subscribe = member as (channels: unknown, listener: Listener, isBinary: boolean) => unknown
      return (channels: unknown, listener: Listener, isBinary: boolean) => {
        const heard: Listener = (message, channel) => {
          if (isRequestOf(event, message)) listener(message, channel)
        }
        return subscribe(channels, heard, isBinary)
      }
    },
  })
}

function openClient(url: string) {
  return createClient({
    url,
    // Understood by every server, also by those before Redis 6.
    RESP: 2,
    name: `flowsync-hub-${process.pid}`,
    disableOfflineQueue: true,
    // What comes back is another connection: with subscriptions that are proven.
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS },
  })
}

/** Whether the server has sharded pub/sub for this channel. Asked by doing it: versions of forks say little. */
async function canShard(client: Client, channel: string): Promise<boolean> {
  try {
    await client.sPublish(channel, '{}')
    return true
  } catch (error) {
    if (error instanceof ErrorReply) return false
    throw error
  }
}

function sizeOf(payload: unknown): number {
  return typeof payload === 'string' || payload instanceof Uint8Array ? payload.length : 0
}

function tooSlow(): Error {
  return createError('hub/overloaded', 'Redis takes less than the hubs have to tell each other.')
}
