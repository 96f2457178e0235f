import { isFlowSyncError, type Op, type ReplicaId } from '@flowsync/crdt'
import { startRedis, type TestRedis } from '@flowsync/testkit/servers'
import { createClient } from 'redis'
import type { AppendBatch, AppendOutcome, LogDriver, StreamHead } from '../storage/driver.js'
import { redis, type RedisStorageOptions } from '../storage/redis/redis.js'

/** The stream of these tests. */
export const creation = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 }
/** Who appends to it. */
export const author = 'ab'.repeat(16) as ReplicaId

const drivers: LogDriver[] = []
const servers: TestRedis[] = []

/** To be called after each test. */
export async function endAll(): Promise<void> {
  await Promise.all(drivers.splice(0).map((driver) => driver.close()))
  await Promise.all(servers.splice(0).map((server) => server.remove()))
}

/** A server of one's own. */
export async function start(settings?: Readonly<Record<string, string>>): Promise<TestRedis> {
  const server = await startRedis(settings)
  servers.push(server)
  return server
}

/** A driver that is not opened yet. */
export function driverOn(url: string, options?: RedisStorageOptions): LogDriver {
  const driver = redis(url, options)
  drivers.push(driver)
  return driver
}

/** A driver that is open. */
export async function opened(server: TestRedis, options?: RedisStorageOptions): Promise<LogDriver> {
  const driver = driverOn(server.url, options)
  await driver.open()
  return driver
}

/** A connection past the driver, to break things. */
export async function command(server: TestRedis, ...args: string[]): Promise<unknown> {
  const client = createClient({ url: server.url })
  await client.connect()
  try {
    return await client.sendCommand(args)
  } finally {
    client.destroy()
  }
}

/** Resolves once the replica has what the primary has. */
export async function replicate(replica: TestRedis, primary: TestRedis): Promise<void> {
  await command(replica, 'REPLICAOF', '127.0.0.1', String(primary.port))
  for (;;) if (String(await command(replica, 'INFO')).includes('master_link_status:up')) return
}

/** The author's op with this counter. */
export function op(counter: number): Op {
  return { replica: author, counter, count: 1, base: 0, extra: [], body: Uint8Array.of(counter & 0xff) }
}

/** The author's ops with these counters. */
export function batch({ workspace, stream, epoch }: StreamHead, ...counters: number[]): AppendBatch {
  return { workspace, stream, epoch, subject: 'ada', ops: counters.map(op) }
}

/** What became of the author's ops. */
export async function append(
  driver: LogDriver,
  head: StreamHead,
  ...counters: number[]
): Promise<AppendOutcome> {
  const [outcome] = await driver.append([batch(head, ...counters)])
  if (!outcome) throw new Error('no outcome')
  return outcome
}

/** What `work` resolves with once the storage is available. */
export async function whenAvailable<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isFlowSyncError(error) || error.code !== 'storage/unavailable') throw error
    }
  }
}

/** The counters of the stored ops, in order. */
export async function countersIn(driver: LogDriver): Promise<number[]> {
  const slice = await driver.read({ ...creation, afterSeq: 0, limitBytes: 1e9 })
  return (slice?.ops ?? []).map(({ counter }) => counter)
}
