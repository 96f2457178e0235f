import { createAdapter } from '@socket.io/redis-adapter'
import { createError } from '@flowsync/protocol'
import { createClient } from 'redis'
import type { ServerOptions } from 'socket.io'
import { describeError, type HubLogger } from '../logging/logger.js'

/** The link to the other hubs of a cluster. */
export interface RedisLink {
  /** For Socket.io: carries broadcasts to the rooms of other hubs. */
  readonly adapter: ServerOptions['adapter']
  close(): Promise<void>
}

const CHANNEL_PREFIX = 'flowsync'
const MAX_RECONNECT_MS = 2_000

type Client = ReturnType<typeof openClient>

/**
 * Links hubs that share one storage through Redis pub/sub. What it carries are hints: while Redis is
 * away, every hub serves its own clients as before, and those of other hubs pull. It comes back by itself,
 * with its subscriptions.
 * @throws FlowSyncError `config/invalid` for a URL that is none
 */
export function linkRedis(url: string, logger: HubLogger): RedisLink {
  // Hints are worth nothing later: they are dropped, not queued, while there is no connection.
  const publisher = openClient(url, true)
  const subscriber = openClient(url, false)
  watch(publisher, logger)
  const connecting = Promise.allSettled([publisher.connect(), subscriber.connect()])
  return {
    adapter: createAdapter(quietly(publisher), quietly(subscriber), {
      key: CHANNEL_PREFIX,
      publishOnSpecificResponseChannel: true,
    }),
    close: async () => {
      publisher.destroy()
      subscriber.destroy()
      await connecting
    },
  }
}

function openClient(url: string, disableOfflineQueue: boolean) {
  try {
    const client = createClient({
      url,
      disableOfflineQueue,
      name: `flowsync-hub-${process.pid}`,
      socket: { reconnectStrategy: (attempt) => Math.min(50 * 2 ** attempt, MAX_RECONNECT_MS) },
    })
    // Without a listener an error of the connection would end the process.
    client.on('error', () => undefined)
    return client
  } catch (cause) {
    throw createError('config/invalid', 'The Redis URL is none; it looks like redis://localhost:6379', {
      cause,
    })
  }
}

/** One line when Redis is lost and one when it is back, however often it is tried in between. */
function watch(client: Client, logger: HubLogger): void {
  let isLost = false
  client.on('error', (error: unknown) => {
    if (!isLost)
      logger.warn(describeError(error), 'Redis is lost; other hubs are told nothing until it is back')
    isLost = true
  })
  client.on('ready', () => {
    if (isLost) logger.info({}, 'Redis is back')
    isLost = false
  })
}

/**
 * The client with the methods whose promises the adapter does not look at: a rejection, which only says
 * that the connection is gone, would otherwise end the process.
 */
function quietly(client: Client): Client {
  const unobserved = new Set(['publish', 'subscribe', 'pSubscribe', 'unsubscribe', 'pUnsubscribe'])
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      const method = member.bind(target) as (...args: unknown[]) => unknown
      if (typeof name !== 'string' || !unobserved.has(name)) return method
      return (...args: unknown[]) => Promise.resolve(method(...args)).catch(() => undefined)
    },
  })
}
