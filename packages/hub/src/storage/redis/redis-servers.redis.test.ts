import { cp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isFlowSyncError, type Op, type ReplicaId } from '@flowsync/crdt'
import { startRedis, type TestRedis } from '@flowsync/testkit/servers'
import { createClient } from 'redis'
import { afterEach, describe, expect, it } from 'vitest'
import type { AppendBatch, AppendOutcome, LogDriver, StreamHead } from '../driver.js'
import { redis, type RedisStorageOptions } from './redis.js'

const creation = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 }
const author = 'ab'.repeat(16) as ReplicaId

const drivers: LogDriver[] = []
const servers: TestRedis[] = []

afterEach(async () => {
  await Promise.all(drivers.splice(0).map((driver) => driver.close()))
  await Promise.all(servers.splice(0).map((server) => server.remove()))
})

async function start(settings?: Readonly<Record<string, string>>): Promise<TestRedis> {
  const server = await startRedis(settings)
  servers.push(server)
  return server
}

function driverOn(url: string, options?: RedisStorageOptions): LogDriver {
  const driver = redis(url, options)
  drivers.push(driver)
  return driver
}

async function opened(server: TestRedis, options?: RedisStorageOptions): Promise<LogDriver> {
  const driver = driverOn(server.url, options)
  await driver.open()
  return driver
}

/** A connection past the driver, to break things. */
async function command(server: TestRedis, ...args: string[]): Promise<unknown> {
  const client = createClient({ url: server.url })
  await client.connect()
  try {
    return await client.sendCommand(args)
  } finally {
    client.destroy()
  }
}

/** Resolves once the replica has what the primary has. */
async function replicate(replica: TestRedis, primary: TestRedis): Promise<void> {
  await command(replica, 'REPLICAOF', '127.0.0.1', String(primary.port))
  for (;;) if (String(await command(replica, 'INFO')).includes('master_link_status:up')) return
}

function op(counter: number): Op {
  return { replica: author, counter, count: 1, base: 0, extra: [], body: Uint8Array.of(counter & 0xff) }
}

function batch({ workspace, stream, epoch }: StreamHead, ...counters: number[]): AppendBatch {
  return { workspace, stream, epoch, subject: 'ada', ops: counters.map(op) }
}

async function append(driver: LogDriver, head: StreamHead, ...counters: number[]): Promise<AppendOutcome> {
  const [outcome] = await driver.append([batch(head, ...counters)])
  if (!outcome) throw new Error('no outcome')
  return outcome
}

/** What `work` resolves with once the storage is available. */
async function whenAvailable<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isFlowSyncError(error) || error.code !== 'storage/unavailable') throw error
    }
  }
}

async function countersIn(driver: LogDriver): Promise<number[]> {
  const slice = await driver.read({ ...creation, afterSeq: 0, limitBytes: 1e9 })
  return (slice?.ops ?? []).map(({ counter }) => counter)
}

describe('a redis server that syncs every write', () => {
  it('has every acknowledged op after it was killed, in the same epoch', async () => {
    const server = await start()
    const driver = driverOn(server.url, { requireFsync: true })
    expect(await driver.open()).toEqual({ wasRestored: false, warnings: [] })
    const head = await driver.openStream(creation)
    let acknowledged = 0
    const dead = (async () => {
      for (let counter = 1; ; counter++) {
        const outcome = await append(driver, head, counter)
        expect(outcome.kind).toBe('ok')
        acknowledged = counter
        if (counter === 200) void server.kill()
      }
    })()
    await expect(dead).rejects.toMatchObject({ code: 'storage/unavailable', retryable: true })
    await server.kill()
    await server.start()

    const counters = await whenAvailable(() => countersIn(driver))
    expect(counters.length).toBeGreaterThanOrEqual(acknowledged)
    expect(counters).toEqual(Array.from({ length: counters.length }, (_, index) => index + 1))
    expect(await driver.findStream(creation)).toEqual({ ...head, headSeq: counters.length })
    const retried = acknowledged + 1
    expect(await append(driver, head, retried)).toMatchObject({ kind: 'ok', seqs: [retried] })
    expect(await driverOn(server.url).open()).toMatchObject({ wasRestored: false })
  })

  it('fails calls in time while it does not answer, and is used again when it does', async () => {
    const server = await start()
    const driver = await opened(server, { timeoutMs: 300 })
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    server.pause()
    await expect(append(driver, head, 2)).rejects.toMatchObject({ code: 'storage/unavailable' })
    await expect(driver.findStream(creation)).rejects.toMatchObject({ code: 'storage/unavailable' })
    server.resume()
    expect(await whenAvailable(() => append(driver, head, 2))).toMatchObject({ kind: 'ok', seqs: [2] })
    expect(await countersIn(driver)).toEqual([1, 2])
  })

  it('may forget the scripts', async () => {
    const server = await start()
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await command(server, 'SCRIPT', 'FLUSH')
    expect(await append(driver, head, 2)).toMatchObject({ kind: 'ok', seqs: [2] })
  })

  it('may have a replica, and then nobody relies on its end', async () => {
    const primary = await start({ 'repl-diskless-sync-delay': '0' })
    const replica = await start()
    const driver = await opened(primary)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await replicate(replica, primary)
    await expect(driverOn(replica.url).open()).rejects.toMatchObject({ code: 'storage/read-only' })

    await primary.kill()
    await command(replica, 'REPLICAOF', 'NO', 'ONE')
    const promoted = driverOn(replica.url)
    expect(await promoted.open()).toMatchObject({ wasRestored: true })
    const [found] = await promoted.listStreams('acme', { limit: 9 })
    expect(found).toMatchObject({ stream: 'doc:a', headSeq: 1 })
    expect(found?.epoch).not.toBe(head.epoch)
  })
})

describe('a redis server that may lose its end', () => {
  it('is found so by a driver that has seen more than an older backup holds', async () => {
    const server = await start()
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await server.kill()
    await cp(join(server.folder, 'appendonlydir'), join(server.folder, 'backup'), { recursive: true })
    await server.start()
    await whenAvailable(() => append(driver, head, 2))
    await server.kill()
    await rm(join(server.folder, 'appendonlydir'), { recursive: true })
    await rename(join(server.folder, 'backup'), join(server.folder, 'appendonlydir'))
    await server.start()
    expect(await whenAvailable(() => append(driver, head, 3))).toMatchObject({
      error: { code: 'stream/epoch-changed' },
    })
    expect(await countersIn(driver)).toEqual([1])
  })

  it('is found so when it was a replica for a while', async () => {
    const server = await start({ 'repl-diskless-sync-delay': '0' })
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    const other = await start({ 'repl-diskless-sync-delay': '0' })
    await replicate(other, server)
    await command(other, 'REPLICAOF', 'NO', 'ONE')
    await append(driver, head, 2)
    await replicate(server, other)
    await expect(append(driver, head, 3)).rejects.toMatchObject({ code: 'storage/read-only' })
    await command(server, 'REPLICAOF', 'NO', 'ONE')
    const outcome = await append(driver, head, 3)
    expect(outcome).toMatchObject({ error: { code: 'stream/epoch-changed' } })
    expect(await countersIn(driver)).toEqual([1])
  })

  it('is found so by all drivers when it was killed: all streams begin new epochs', async () => {
    const server = await start({ appendfsync: 'everysec' })
    const first = driverOn(server.url)
    const { wasRestored, warnings } = await first.open()
    expect({ wasRestored, warnings }).toEqual({
      wasRestored: false,
      warnings: [expect.stringContaining('everysec') as string],
    })
    const second = await opened(server)
    const head = await first.openStream(creation)
    const other = await second.openStream({ ...creation, stream: 'doc:b' })
    await append(first, head, 1)
    await append(second, other, 1)
    await server.kill('SIGTERM')
    await server.start()

    const refused = await Promise.all([
      whenAvailable(() => append(first, head, 2)),
      whenAvailable(() => append(second, other, 2)),
    ])
    expect(refused.map((outcome) => outcome.kind === 'failed' && outcome.error.code)).toEqual([
      'stream/epoch-changed',
      'stream/epoch-changed',
    ])
    const heads = [await first.findStream(other), await second.findStream(other)]
    expect(heads[0]).toEqual({ ...other, headSeq: 1, epoch: heads[1]?.epoch })
    expect(heads[0]?.epoch).not.toBe(other.epoch)
  })

  it('says so to the driver that opens it first', async () => {
    const server = await start({ appendonly: 'no', save: '3600 1' })
    const former = driverOn(server.url)
    expect(await former.open()).toMatchObject({ warnings: [expect.stringContaining('append-only')] })
    const head = await former.openStream(creation)
    await append(former, head, 1)
    await command(server, 'SAVE')
    await append(former, head, 2)
    await former.close()
    await server.kill()
    await server.start()

    const driver = driverOn(server.url)
    expect(await driver.open()).toMatchObject({ wasRestored: true })
    const renewed = await driver.openStream(creation)
    expect(renewed).toEqual({ ...head, headSeq: 1, epoch: renewed.epoch })
    expect(renewed.epoch).toMatch(/^[0-9a-f]{16}$/)
    expect(renewed.epoch).not.toBe(head.epoch)
    expect(await append(driver, renewed, 2)).toMatchObject({ kind: 'ok', seqs: [2] })
    expect(await driverOn(server.url).open()).toMatchObject({ wasRestored: false })
  })

  it('forgets the streams when it is emptied, and takes them anew', async () => {
    const server = await start()
    const [driver, other] = [await opened(server), await opened(server)]
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await command(server, 'FLUSHALL')
    const [outcome] = await other.append([batch(head, 2)])
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'stream/unknown' } })
    expect(await append(driver, head, 2)).toMatchObject({ error: { code: 'stream/unknown' } })
    const renewed = await driver.openStream(creation)
    expect(renewed).toMatchObject({ headSeq: 0 })
    expect(renewed.epoch).not.toBe(head.epoch)
    expect(await append(other, renewed, 1)).toMatchObject({ kind: 'ok', seqs: [1] })
  })
})

describe('a redis server that cannot be used', () => {
  it('is refused when it would evict parts of the log', async () => {
    const server = await start({ 'maxmemory-policy': 'allkeys-lru' })
    await expect(driverOn(server.url).open()).rejects.toMatchObject({
      code: 'config/invalid',
      message: expect.stringContaining('allkeys-lru') as string,
    })
    await command(server, 'CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru')
    await expect(driverOn(server.url).open()).resolves.toMatchObject({ wasRestored: false })
  })

  it('is refused when it does not sync every write and that is required', async () => {
    const server = await start({ appendfsync: 'no' })
    await expect(driverOn(server.url, { requireFsync: true }).open()).rejects.toMatchObject({
      code: 'config/invalid',
    })
  })

  it('is refused with a wrong password, which is not told', async () => {
    const server = await start({ requirepass: 'right' })
    const wrong = server.url.replace('redis://', 'redis://:secret-but-wrong@')
    const refusal = await driverOn(wrong)
      .open()
      .catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'config/invalid' })
    expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain('secret')
    await expect(driverOn(server.url).open()).rejects.toMatchObject({ code: 'config/invalid' })
    await driverOn(server.url.replace('redis://', 'redis://:right@')).open()
  })

  it('may keep its settings to itself', async () => {
    const server = await start()
    await command(server, 'ACL', 'SETUSER', 'hub', 'on', '>pass', '~*', '+@all', '-config')
    const opening = await driverOn(server.url.replace('redis://', 'redis://hub:pass@')).open()
    expect(opening.warnings).toEqual([expect.stringContaining('does not tell its appendfsync')])
  })

  it('is not there', async () => {
    const server = await start()
    await server.kill()
    await expect(driverOn(server.url).open()).rejects.toMatchObject({ code: 'storage/unavailable' })
  })

  it('refuses pushes while its memory is full, and takes them when there is room', async () => {
    const server = await start()
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await command(server, 'CONFIG', 'SET', 'maxmemory', '1mb')
    await expect(append(driver, head, 1)).rejects.toMatchObject({ code: 'storage/full' })
    await command(server, 'CONFIG', 'SET', 'maxmemory', '0')
    expect(await append(driver, head, 1)).toMatchObject({ kind: 'ok', seqs: [1] })
  })

  it('tells of what it did not write', async () => {
    const server = await start()
    const driver = await opened(server)
    const head = await driver.openStream(creation)
    await append(driver, head, 1)
    await command(server, 'SET', '{flowsync}:head:acme/doc:a', 'mine')
    await expect(driver.findStream(creation)).rejects.toMatchObject({ code: 'storage/corrupt' })
    await expect(append(driver, head, 2)).rejects.toMatchObject({ code: 'storage/corrupt' })
  })

  it('was written by another version', async () => {
    const server = await start()
    await opened(server)
    await command(server, 'HSET', '{flowsync}:meta', 'layout', '99')
    await expect(driverOn(server.url).open()).rejects.toMatchObject({ code: 'config/invalid' })
  })
})

describe('several drivers on one stream', () => {
  it('all get their turn beside one that never pauses', async () => {
    const server = await start({ appendonly: 'no' })
    const [busy, ...others] = await Promise.all(Array.from({ length: 4 }, () => opened(server)))
    if (!busy) throw new Error('no driver')
    const head = await busy.openStream(creation)
    let isDone = false
    const appendAll = async (driver: LogDriver, replica: ReplicaId, limit: number): Promise<number[]> => {
      const seqs: number[] = []
      for (let counter = 1; counter <= limit && !isDone; counter++) {
        const [outcome] = await driver.append([{ ...batch(head), ops: [{ ...op(counter), replica }] }])
        expect(outcome).toMatchObject({ kind: 'ok' })
        if (outcome?.kind === 'ok') seqs.push(...outcome.seqs)
      }
      return seqs
    }
    const endless = appendAll(busy, author, Infinity)
    const finite = await Promise.all(
      others.map((driver, index) => appendAll(driver, `${index}`.padStart(32, 'c') as ReplicaId, 30)),
    )
    isDone = true
    const seqs = [...(await endless), ...finite.flat()].sort((a, b) => a - b)
    expect(finite.map(({ length }) => length)).toEqual([30, 30, 30])
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1))
  })

  it('give a replica to one of two subjects that claim it at once, whatever the streams', async () => {
    const server = await start({ appendonly: 'no' })
    const [first, second] = [await opened(server), await opened(server)]
    const a = await first.openStream(creation)
    const b = await second.openStream({ ...creation, stream: 'doc:b' })
    for (let number = 1; number <= 40; number++) {
      const ops = [{ ...op(1), replica: `${number}`.padStart(32, '0') as ReplicaId }]
      const outcomes = await Promise.all([
        first.append([{ ...batch(a), ops, subject: 'ada' }]),
        second.append([{ ...batch(b), ops, subject: 'bob' }]),
      ])
      expect(
        outcomes
          .flat()
          .map((outcome) => (outcome.kind === 'ok' ? 'ok' : outcome.error.code))
          .sort(),
      ).toEqual(['ok', 'op/replica-foreign'])
      const together = await first.append([
        {
          ...batch(a),
          ops: [{ ...op(1), replica: `${number}`.padStart(32, 'a') as ReplicaId }],
          subject: 'ada',
        },
        {
          ...batch(b),
          ops: [{ ...op(1), replica: `${number}`.padStart(32, 'a') as ReplicaId }],
          subject: 'bob',
        },
      ])
      expect(together.map(({ kind }) => kind)).toEqual(['ok', 'failed'])
    }
  })
})
