import { ErrorReply } from 'redis'
import { type Argument, type Client, evaluateOn, openClient } from './redis-client.js'
import { redisError, unavailable } from './redis-error.js'
import type { Script } from './script.js'
import { type LifeOptions, type SettledLife, settleLife } from './store-life.js'

/** How a {@link RedisLink} connects. */
export interface LinkOptions extends LifeOptions {
  readonly url: string
  readonly timeoutMs: number
  /** Called when the store is found in another life than before: whatever was read of it may be gone. */
  readonly onNewLife: () => void
}

/** What was found when a connection was made. */
export interface Connected extends SettledLife {
  readonly client: Client
}

/** Tells a caller that named a life that the store is in another one by now: nothing was done. */
export const OTHER_LIFE = Symbol('other life')

/**
 * One connection to Redis on which scripts run in the order of the calls. A connection that is lost, or on which an
 * answer is overdue, is given up; the next call makes another one, and nothing passes over it before the life
 * of the store is settled.
 */
export class RedisLink {
  private readonly options: LinkOptions
  private readonly server: string
  private connecting: Promise<Connected> | undefined
  private connected: Connected | undefined
  private readonly calls = new Set<Promise<unknown>>()
  private knownLife: string | undefined
  private isClosed = false

  /** @throws FlowSyncError `config/invalid` for a URL that is none */
  constructor(options: LinkOptions) {
    this.options = options
    this.server = serverOf(options.url)
    openClient(options.url, options.timeoutMs).destroy()
  }

  /** Connects, unless it is connected. @throws FlowSyncError */
  async connect(): Promise<Connected> {
    if (this.isClosed) throw unavailable('The storage is closed.')
    if (this.connected?.client.isReady) return this.connected
    this.connecting ??= this.start().finally(() => {
      this.connecting = undefined
    })
    return this.connecting
  }

  /**
   * Runs a script with the meta key and the life before its other keys and arguments.
   * @throws FlowSyncError
   */
  async run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const { life } = await this.connect()
      const answer = await this.runIn(life, script, keys, args)
      if (answer !== OTHER_LIFE) return answer
    }
    throw unavailable('The store in Redis begins one life after the other.')
  }

  /** Runs a script that was prepared from what was read in `life`, or answers {@link OTHER_LIFE}. */
  async runIn(
    life: string,
    script: Script,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown> {
    const { client, life: current } = await this.connect()
    if (life !== current) return OTHER_LIFE
    const call = this.evaluate(client, script, [this.options.metaKey, ...keys], [life, ...args])
    this.calls.add(call)
    try {
      return await call
    } catch (error) {
      const message = error instanceof ErrorReply ? error.message : ''
      const isOtherLife = message.startsWith('LIFE ')
      // A primary that became a replica may come back with other data: its life is to be settled anew.
      if (isOtherLife || message.startsWith('READONLY ')) this.leave(client)
      if (isOtherLife) return OTHER_LIFE
      throw redisError(error, this.server)
    } finally {
      this.calls.delete(call)
    }
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.isClosed = true
    await Promise.allSettled([...this.calls, this.connecting])
    this.connected?.client.destroy()
    this.connected = undefined
  }

  /** The next call makes another connection. Others may still wait for answers on this one. */
  private leave(client: Client): void {
    if (this.connected?.client === client) this.connected = undefined
    // Who closed it already does not matter.
    client.close().catch(() => undefined)
  }

  private async start(): Promise<Connected> {
    const { url, timeoutMs } = this.options
    const client = openClient(url, timeoutMs)
    try {
      this.connected = await this.inTime(client, this.settle(client))
    } catch (error) {
      client.destroy()
      throw redisError(error, this.server)
    }
    if (this.isClosed) client.destroy()
    if (this.knownLife !== undefined && this.knownLife !== this.connected.life) this.options.onNewLife()
    this.knownLife = this.connected.life
    return this.connected
  }

  private async settle(client: Client): Promise<Connected> {
    await client.connect()
    return { client, ...(await settleLife(client, this.options, this.knownLife)) }
  }

  private evaluate(
    client: Client,
    script: Script,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown> {
    return this.inTime(client, evaluateOn(client, script, keys, args))
  }

  /** A server that does not answer would hold all later calls too: the connection is given up. */
  private async inTime<T>(client: Client, call: Promise<T>): Promise<T> {
    const { system, timeoutMs } = this.options
    let cancel = (): void => undefined
    const overdue = new Promise<never>((_resolve, reject) => {
      cancel = system.setTimer(timeoutMs, () => {
        reject(
          unavailable(
            `Redis at ${this.server} has not answered for ${timeoutMs} ms; what became of the call is not known.`,
          ),
        )
        client.destroy()
      })
    })
    try {
      return await Promise.race([call, overdue])
    } finally {
      cancel()
    }
  }
}

/** Host and port, without user and password. */
function serverOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}
