import { createClient, type FlowSyncClient } from '@flowsync/core'
import { counter, type FlowSyncError, text } from '@flowsync/crdt'
import {
  createHub,
  type HubOptions,
  jwtAuth,
  memory,
  MemoryDisk,
  silentLogger,
  type Hub,
} from '@flowsync/hub'
import { createError, defineStreams } from '@flowsync/protocol'
import { createHubToken } from '@flowsync/token'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { TcpProxy } from '../chaos/tcp-proxy.js'

const streams = defineStreams({ 'doc:*': text(), 'counter:*': counter() })
const secret = 'a secret of at least thirty-two bytes'
const WAIT = { timeout: 20_000 }

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(options: Partial<HubOptions>): Promise<{ hub: Hub; port: number }> {
  const hub = createHub({
    port: 0,
    streams,
    storage: memory(),
    auth: jwtAuth({ secret }),
    logger: silentLogger,
    drainSpreadMs: 0,
    ...options,
  })
  const { port } = await hub.listen()
  closers.push(() => hub.close())
  return { hub, port }
}

function connect(port: number, subject = 'alice'): FlowSyncClient<typeof streams> {
  const token = () => createHubToken({ subject, grants: ['write:*'], secret, expiresInSeconds: 3_600 })
  const client = createClient({ url: `http://127.0.0.1:${port}`, streams, token, connect: true })
  closers.push(() => client.close())
  return client
}

describe('a client whose hub', () => {
  it.each(['storage/full', 'storage/read-only', 'storage/unavailable', 'storage/corrupt'] as const)(
    'refuses writes with %s keeps its queue, says why, and delivers when it can',
    async (code) => {
      let fault: FlowSyncError | undefined
      const { port } = await start({ storage: memory({ fault: () => fault }) })
      const [alice, bob] = [connect(port), connect(port, 'bob')]
      const [mine, theirs] = [alice.stream('counter:a'), bob.stream('counter:a')]
      await mine.increment(1).acked
      await theirs.whenReady()
      fault = createError(code, 'Something about the disk.')
      const receipts = [mine.increment(10), mine.increment(100)]
      await vi.waitFor(() => expect(mine.getSnapshot().error?.code).toBe(code), WAIT)
      expect(mine.value, 'the edits are there').toBe(111)
      expect(theirs.value).toBe(1)
      fault = undefined
      await Promise.all(receipts.map(({ acked }) => acked))
      await vi.waitFor(() => expect(theirs.value).toBe(111), WAIT)
      await mine.increment(1_000).acked
      expect(mine.getSnapshot().error).toBeUndefined()
    },
    40_000,
  )

  it('is restarted beside another one goes there, and loses nothing while it writes', async () => {
    const disk = new MemoryDisk()
    const storage = () => memory({ disk, isShared: true })
    const old = await start({ storage: storage(), drainSpreadMs: 500 })
    const next = await start({ storage: storage() })
    let isOldReady = true
    // As a load balancer does: it sends nobody to a hub that is not ready.
    const balancer = await TcpProxy.start({
      route: () => ({ name: 'hub', port: isOldReady ? old.port : next.port }),
    })
    closers.push(() => balancer.stop())
    const clients = Array.from({ length: 5 }, (_, index) => connect(balancer.port, `subject${index}`))
    const counters = clients.map((client) => client.stream('counter:a'))
    await Promise.all(counters.map((handle) => handle.whenReady()))
    let written = 0
    const acks: Promise<unknown>[] = []
    const write = (): void => {
      for (const handle of counters) {
        acks.push(handle.increment(1).acked)
        written++
      }
    }
    write()
    isOldReady = false
    const closing = old.hub.close()
    while (old.hub.address) {
      write()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await closing
    write()
    await Promise.all(acks)
    for (const handle of counters) await vi.waitFor(() => expect(handle.value).toBe(written), WAIT)
    expect(written, 'it wrote all the time').toBeGreaterThan(3 * counters.length)
  }, 40_000)

  it('is behind a connection that died silently finds out, keeps its queue and delivers it', async () => {
    const limits = { pingIntervalMs: 200, pingTimeoutMs: 300 }
    const { port } = await start({ limits })
    const network = await TcpProxy.start({ route: () => ({ name: 'hub', port }) })
    closers.push(() => network.stop())
    const alice = connect(network.port)
    const mine = alice.stream('counter:a')
    await mine.increment(1).acked
    network.setMode({ kind: 'swallow' })
    const receipt = mine.increment(10)
    await vi.waitFor(() => expect(alice.getSnapshot().state).not.toBe('live'), WAIT)
    expect(mine.value).toBe(11)
    network.setMode({ kind: 'pass' })
    await receipt.acked
    const bob = connect(port, 'bob')
    await bob.stream('counter:a').whenReady()
    expect(bob.stream('counter:a').value, 'once').toBe(11)
  }, 40_000)

  it('cuts its feed because it reads too slowly catches up by itself', async () => {
    // Without the cut the connection would be ended.
    const { port } = await start({ limits: { feedBytes: 20_000, unreadBytes: 1_000_000 } })
    const network = await TcpProxy.start({ route: () => ({ name: 'hub', port }) })
    closers.push(() => network.stop())
    const [slow, writer] = [connect(network.port, 'slow'), connect(port)]
    const [theirs, mine] = [slow.stream('doc:a'), writer.stream('doc:a')]
    await Promise.all([theirs.whenReady(), mine.whenReady()])
    const states = new Set<string>()
    closers.push(slow.subscribe(() => states.add(slow.getSnapshot().state)))
    network.setMode({ kind: 'hold', direction: 'to-client' })
    // More than all buffers between hub and client hold.
    const paragraph = 'x'.repeat(100_000)
    let length = 0
    for (let i = 0; i < 100; i++) {
      await mine.insert(length, paragraph).acked
      length += paragraph.length
    }
    network.setMode({ kind: 'pass' })
    await vi.waitFor(() => expect(theirs.value.length).toBe(length), WAIT)
    await mine.insert(length, '!').acked
    await vi.waitFor(() => expect(theirs.value.endsWith('!')).toBe(true), WAIT)
    await theirs.insert(0, '?').acked
    expect([...states].filter((state) => state !== 'live')).toEqual([])
  }, 60_000)
})
