import { type TestPostgres, startPostgres } from '@flowsync/testkit/servers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CuttingProxy } from '../../tests/cutting-proxy.js'
import { createSchema, type TestSchema } from '../../tests/postgres-schema.js'
import type { AppendOutcome, LogDriver, StreamHead } from '../driver.js'
import { postgres } from './postgres.js'

const creation = { workspace: 'acme', stream: 'doc:a', rule: 'text', ruleVersion: 1 }
const replica = 'a'.repeat(32) as never
const TIMEOUT_MS = 500

let server: TestPostgres
let proxy: CuttingProxy
let schema: TestSchema
let driver: LogDriver
let head: StreamHead

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => {
  await server.remove()
})
beforeEach(async () => {
  proxy = await CuttingProxy.start(server.port)
  schema = createSchema(server.url)
  driver = await open()
  head = await driver.openStream(creation)
})
afterEach(async () => {
  await driver.close()
  await schema.drop()
  await proxy.stop()
})

/** A driver that is connected through the proxy. */
async function open(): Promise<LogDriver> {
  const url = new URL(server.url)
  url.port = String(proxy.port)
  const opened = postgres({ ...schema.target, connectionString: url.href, timeoutMs: TIMEOUT_MS })
  await opened.open()
  return opened
}

function append(...counters: number[]): Promise<readonly AppendOutcome[]> {
  const ops = counters.map((counter) => ({
    replica,
    counter,
    count: 1,
    base: 0,
    extra: [],
    body: Uint8Array.of(counter),
  }))
  return driver.append([{ ...creation, epoch: head.epoch, subject: 'ada', ops }])
}

async function counters(): Promise<number[]> {
  const slice = await driver.read({ ...creation, afterSeq: 0, limitBytes: 1_000_000 })
  return (slice?.ops ?? []).map(({ counter }) => counter)
}

/** Tries as a client does, until the storage answers again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      expect(error).toMatchObject({ code: 'storage/unavailable', retryable: true })
    }
  }
}

describe('a commit of which nobody knows the end', () => {
  // The first append of a replica locks and commits, the next ones are statements of their own.
  it.each([
    ['first', 'after', 'to-client', 'COMMIT'],
    ['first', 'before', 'to-server', 'COMMIT'],
    ['later', 'after', 'to-client', 'INSERT 0 1'],
    ['later', 'before', 'to-server', 'append'],
  ] as const)('%s append, cut %s it was made: stored once', async (which, _when, direction, bytes) => {
    if (which === 'later') await append(1)
    const [one, two] = which === 'later' ? [2, 3] : [1, 2]
    proxy.cutAt(direction, bytes)
    await expect(append(one, two)).rejects.toMatchObject({ code: 'storage/unavailable', retryable: true })
    expect(await again(() => append(one, two))).toMatchObject([{ kind: 'ok', seqs: [one, two] }])
    expect(await append(two + 1)).toMatchObject([{ kind: 'ok', seqs: [two + 1] }])
    expect(await counters()).toEqual(Array.from({ length: two + 1 }, (_, index) => index + 1))
  })
})

describe('a server that goes away', () => {
  it('keeps what it acknowledged when it is killed, and goes on when it is back', async () => {
    await append(1)
    await server.kill('SIGKILL')
    await expect(append(2)).rejects.toMatchObject({ code: 'storage/unavailable', retryable: true })
    await expect(driver.findStream(creation)).rejects.toMatchObject({ code: 'storage/unavailable' })
    await server.start()
    expect(await again(() => append(2))).toMatchObject([{ kind: 'ok', seqs: [2] }])
    expect(await again(() => counters())).toEqual([1, 2])
    expect((await driver.findStream(creation))?.epoch).toBe(head.epoch)
  })

  it('answers with errors while it hangs, and goes on when it wakes up', async () => {
    await append(1)
    server.pause()
    try {
      const calls = [append(2), append(3), counters(), driver.openStream({ ...creation, stream: 'doc:b' })]
      const endings = await Promise.allSettled(calls)
      for (const ending of endings) {
        expect(ending).toMatchObject({ status: 'rejected', reason: { code: 'storage/unavailable' } })
      }
    } finally {
      server.resume()
    }
    // What hung in the server may have been stored after all: the retry settles it.
    expect(await again(() => append(2))).toMatchObject([{ kind: 'ok', seqs: [2] }])
    expect(await again(() => append(3))).toMatchObject([{ kind: 'ok', seqs: [3] }])
    expect(await again(() => counters())).toEqual([1, 2, 3])
  })

  it('closes while the server hangs', async () => {
    const other = await open()
    await other.findStream(creation)
    server.pause()
    try {
      await other.close()
    } finally {
      server.resume()
    }
    await expect(other.findStream(creation)).rejects.toMatchObject({ code: 'storage/unavailable' })
  })
})
