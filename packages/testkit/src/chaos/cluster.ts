import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { postgres, redis, sqlite, type LogDriver } from '@flowsync/hub'
import type { Random } from '../simulator/random.js'
import { createHubServer, type HubServer } from '../servers/hub-server.js'
import { Link } from './link.js'
import { createPostgres } from '../servers/postgres-server.js'
import { createRedis, type RedisServer } from '../servers/redis-server.js'
import type { ServerContext } from '../servers/server-context.js'
import type { ServerProcess } from '../servers/server-process.js'

/** What hubs keep their logs in. */
export type StoreKind = 'postgres' | 'sqlite' | 'redis'

/** How large a cluster is and what it stores in. */
export interface ClusterOptions {
  readonly store: StoreKind
  readonly hubs: number
  /** How many authors there are; each has a link of its own. */
  readonly authors: number
  readonly secret: string
  readonly random: Random
}

/** A hub with its own links to what it needs. */
export interface ClusterHub extends HubServer {
  /** Undefined when there is no Redis. */
  readonly toRedis: Link | undefined
  /** Undefined when its store is a file. */
  readonly toStore: Link | undefined
}

/** A balancer whose list of living hubs is old sends somebody to one that is not there. */
const STALE_ROUTE_CHANCE = 0.1

/** Hubs, their store and their Redis as real processes, with a link of ours between any two that talk. */
export class Cluster {
  readonly hubs: readonly ClusterHub[]
  /** The store's server. Undefined when the store is a file. */
  readonly store: ServerProcess | undefined
  /** What carries hints from hub to hub. Undefined when the store is a file, which is for one hub. */
  readonly redis: RedisServer | undefined
  /** By author. */
  readonly authorLinks: readonly Link[]
  /** For `--db` past all links. */
  private readonly database: string
  private readonly storeKind: StoreKind

  private constructor(
    parts: Pick<Cluster, 'hubs' | 'store' | 'redis' | 'authorLinks'>,
    storeKind: StoreKind,
    database: string,
  ) {
    this.hubs = parts.hubs
    this.store = parts.store
    this.redis = parts.redis
    this.authorLinks = parts.authorLinks
    this.storeKind = storeKind
    this.database = database
  }

  /** Makes all of it; nothing runs yet. */
  static async create(options: ClusterOptions, context: ServerContext): Promise<Cluster> {
    const { store, secret, random } = options
    mkdirSync(context.folder, { recursive: true })
    const { server, port, address } = await createStore(store, context)
    const redis = store === 'sqlite' ? undefined : await createRedis('redis', false, context)
    const { onChange } = context
    const streamsFile = fileURLToPath(new URL('streams.js', import.meta.url))
    const linkTo = (name: string, target: string, targetPort: number): Promise<Link> =>
      Link.start(name, { route: () => ({ name: target, port: targetPort }), onChange })

    const hubs: ClusterHub[] = []
    for (let number = 0; number < options.hubs; number++) {
      const name = `hub${number}`
      const toRedis = redis && (await linkTo(`${name} to redis`, 'redis', redis.port))
      const toStore = port === undefined ? undefined : await linkTo(`${name} to ${store}`, store, port)
      const url = toRedis && `redis://127.0.0.1:${toRedis.proxy.port}`
      const database = address(toStore?.proxy.port ?? 0)
      hubs.push({
        ...(await createHubServer({ name, database, redis: url, secret, streamsFile }, context)),
        toRedis,
        toStore,
      })
    }

    const route = (): { name: string; port: number } | undefined => {
      const serving = hubs.filter((hub) => hub.server.isServing)
      const choice = random.chance(STALE_ROUTE_CHANCE) || serving.length === 0 ? hubs : serving
      const hub = random.pick(choice)
      return { name: hub.server.name, port: hub.port }
    }
    const authorLinks: Link[] = []
    for (let author = 0; author < options.authors; author++) {
      authorLinks.push(await Link.start(`author ${author}`, { route, onChange }))
    }
    return new Cluster({ hubs, store: server, redis, authorLinks }, store, address(port ?? 0))
  }

  /** Starts everything and resolves once all serve. */
  async start(): Promise<void> {
    await Promise.all([this.store?.start(), this.redis?.server.start()])
    await Promise.all(this.hubs.map(({ server }) => server.start()))
  }

  get servers(): readonly ServerProcess[] {
    const { store, redis, hubs } = this
    return [store, redis?.server, ...hubs.map(({ server }) => server)].filter(
      (server) => server !== undefined,
    )
  }

  get links(): readonly Link[] {
    const ofHubs = this.hubs.flatMap(({ toRedis, toStore }) => [toRedis, toStore])
    return [...this.authorLinks, ...ofHubs.filter((link) => link !== undefined)]
  }

  /** Whether a hub can do its work: itself and its way to the store. Redis is not needed for that. */
  canServe({ server, toStore }: ClusterHub): boolean {
    return server.isUp && (this.store?.isUp ?? true) && toStore?.isBroken !== true
  }

  /** Whether something stands between an author and the log. */
  isObstructed(author: number): boolean {
    const link = this.authorLinks[author]
    if (!link || link.isBroken) return true
    const used = this.hubs.filter(({ server }) => link.proxy.countTo(server.name) > 0)
    if (used.length === 0) return !this.hubs.some((hub) => this.canServe(hub))
    return !used.every((hub) => this.canServe(hub))
  }

  /** The store through its driver, past hubs and links. For one reader when the store is a file. */
  async openStore(): Promise<LogDriver> {
    const driver = driverOf(this.storeKind, this.database)
    await driver.open()
    return driver
  }

  async stopHubs(): Promise<void> {
    await Promise.all(this.hubs.map(({ server }) => server.stop('SIGTERM')))
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop('SIGKILL')))
    await Promise.all(this.links.map(({ proxy }) => proxy.stop()))
  }
}

interface StoreParts {
  readonly server: ServerProcess | undefined
  readonly port: number | undefined
  /** For `--db`, by the port that it is reached at. */
  readonly address: (port: number) => string
}

async function createStore(kind: StoreKind, context: ServerContext): Promise<StoreParts> {
  if (kind === 'sqlite') {
    return { server: undefined, port: undefined, address: () => join(context.folder, 'hub.db') }
  }
  if (kind === 'redis') {
    const redis = await createRedis('store', true, context)
    return { ...redis, address: (port) => `redis://127.0.0.1:${port}` }
  }
  const postgres = await createPostgres(context)
  return { ...postgres, address: (port) => `postgres://flowsync@127.0.0.1:${port}/postgres` }
}

function driverOf(kind: StoreKind, database: string): LogDriver {
  const drivers = { postgres, sqlite, redis }
  return drivers[kind](database)
}
