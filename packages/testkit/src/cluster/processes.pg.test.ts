import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type FlowSyncClient } from '@flowsync/core'
import { counter, log } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'
import { createHubToken } from '@flowsync/token'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { TcpProxy } from '../chaos/tcp-proxy.js'
import { findFreePort } from '../servers/free-port.js'
import { hubCommand, isHubReady } from '../servers/hub-command.js'
import { ServerProcess } from '../servers/server-process.js'
import { startPostgres, startRedis, type TestPostgres, type TestRedis } from '../servers/index.js'
import { until } from '../servers/until.js'

const SECRET = 'a secret of at least thirty-two bytes'
const LAG_MS = 5_000
const streams = defineStreams({ 'counter:*': counter(), 'chat:*': log<string>() })

interface HubProcess {
  readonly server: ServerProcess
  readonly port: number
}

let folder: string
let database: TestPostgres
let redis: TestRedis
let hubs: HubProcess[]
let address: TcpProxy
/** Where connections go. */
let target = 0
const clients: FlowSyncClient<typeof streams>[] = []

async function startHub(number: number): Promise<HubProcess> {
  const port = await findFreePort()
  const args = ['--port', String(port), '--db', database.url, '--redis', redis.url, '--log-level', 'info']
  const server = new ServerProcess({
    command: {
      name: `hub${number}`,
      file: process.execPath,
      args: [hubCommand(), 'start', ...args],
      env: { FLOWSYNC_SECRET: SECRET },
      logFile: join(folder, `hub${number}.log`),
    },
    isReady: () => isHubReady(`http://127.0.0.1:${port}`, 2_000),
    onChange: () => undefined,
    onCrash: () => undefined,
  })
  await server.start()
  return { server, port }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-cluster-'))
  ;[database, redis] = await Promise.all([startPostgres(), startRedis({ appendonly: 'no' })])
  hubs = await Promise.all([0, 1, 2].map(startHub))
  address = await TcpProxy.start({
    route: () => {
      const hub = hubs[target]
      return hub?.server.isUp ? { name: hub.server.name, port: hub.port } : undefined
    },
  })
}, 60_000)

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close()
})

afterAll(async () => {
  await address.stop()
  await Promise.all(hubs.map(({ server }) => server.stop('SIGKILL')))
  await Promise.all([database.remove(), redis.remove()])
  await rm(folder, { recursive: true, force: true })
})

async function clientOn(hub: number, subject: string): Promise<FlowSyncClient<typeof streams>> {
  target = hub
  const client = createClient({
    url: `http://127.0.0.1:${address.port}`,
    streams,
    subject,
    token: () =>
      createHubToken({
        subject,
        grants: ['write:counter:*', 'write:chat:*'],
        secret: SECRET,
        expiresInSeconds: 3_600,
      }),
    connect: true,
  })
  clients.push(client)
  await until(`${subject} is on hub ${hub}`, () => client.getSnapshot().isOnline, LAG_MS)
  return client
}

/** The seq of a stream, as another hub than the first knows it. */
async function storedOf(stream: string): Promise<number> {
  const token = await createHubToken({ subject: 'eve', grants: ['read:*'], secret: SECRET })
  const url = `http://127.0.0.1:${hubs[2]?.port ?? 0}/v1/default/streams/${encodeURIComponent(stream)}`
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  return ((await answer.json()) as { readonly seq: number }).seq
}

describe('hub processes on PostgreSQL, linked by Redis', { timeout: 60_000 }, () => {
  it('take what was offline or not acknowledged at one of them at another, once', async () => {
    const ada = await clientOn(0, 'ada')
    const bob = await clientOn(2, 'bob')
    const [votes, chat, theirs] = [ada.stream('counter:a'), ada.stream('chat:a'), bob.stream('chat:a')]
    await Promise.all([votes.increment(1).acked, chat.append('first').acked, theirs.whenReady()])

    address.setMode({ kind: 'hold', direction: 'to-client' })
    const lost = Array.from({ length: 20 }, (_, i) => chat.append(`lost ${i}`))
    while ((await storedOf('chat:a')) < 21);
    expect(ada.getSnapshot().pendingCount).toBe(20)
    address.setMode({ kind: 'cut' })
    await hubs[0]?.server.end('SIGKILL')
    const offline = Array.from({ length: 20 }, () => votes.increment(10))
    target = 1
    address.setMode({ kind: 'pass' })
    await Promise.all([...lost, ...offline].map(({ acked }) => acked))
    const expected = ['first', ...Array.from({ length: 20 }, (_, i) => `lost ${i}`)]
    await until('bob has it', () => theirs.value.length >= expected.length, LAG_MS)
    expect(theirs.value).toEqual(expected)
    const eve = await clientOn(1, 'eve')
    await eve.stream('counter:a').whenReady()
    expect(eve.stream('counter:a').value).toBe(201)
    await hubs[0]?.server.start()
  })

  it('go on without Redis, lag 5 s at most, and are fast again when it is back', async () => {
    const ada = await clientOn(0, 'ada')
    const bob = await clientOn(1, 'bob')
    const [mine, theirs] = [ada.stream('chat:b'), bob.stream('chat:b')]
    await Promise.all([mine.whenReady(), theirs.whenReady()])
    await redis.kill()
    for (let i = 0; i < 3; i++) {
      await mine.append(`without ${i}`).acked
      await until('bob has it', () => theirs.value.length === i + 1, LAG_MS)
    }
    await redis.start()
    // Clients ask for themselves after 2 s: what comes sooner, again and again, came over the link.
    let fast = 0
    for (let i = 4; fast < 5; i++) {
      await mine.append(`with ${i}`).acked
      const sentAtMs = performance.now()
      await until('bob has it', () => theirs.value.length === i, LAG_MS)
      fast = performance.now() - sentAtMs < 500 ? fast + 1 : 0
    }
    expect(fast).toBe(5)
  })
})
