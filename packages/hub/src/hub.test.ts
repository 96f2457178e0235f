import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { defineStreams } from '@flowsync/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { put, replica } from './tests/engine-world.js'
import { SocketClient } from './tests/socket-client.js'
import { tape } from './tests/tape.js'
import { startHub as start, type TestHub, tokenFor } from './tests/test-hub.js'
import { createHub } from './hub.js'
import type { HubOptions } from './config/hub-options.js'
import { memory } from './storage/memory/memory.js'
import { MemoryDisk } from './storage/memory/memory-disk.js'

const hubs: TestHub[] = []
const clients: SocketClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await Promise.all(hubs.splice(0).map(({ hub }) => hub.close()))
})

async function startHub(options?: Partial<HubOptions>): Promise<TestHub> {
  const started = await start(options)
  hubs.push(started)
  return started
}

function connect(url: string, workspace?: string, headers?: Record<string, string>): SocketClient {
  const client = new SocketClient(url, workspace, headers)
  clients.push(client)
  return client
}

async function join(url: string, subject: string, number: number, workspace?: string): Promise<SocketClient> {
  const client = await SocketClient.join(
    url,
    await tokenFor(subject, ['write:*'], workspace),
    replica(number),
    workspace,
  )
  clients.push(client)
  return client
}

describe('a hub on real sockets', () => {
  it('carries an edit from one client to another', async () => {
    const { address } = await startHub()
    const [ada, bob] = [await join(address.url, 'ada', 1), await join(address.url, 'bob', 2)]
    const { epoch } = await ada.subscribe('note:a')
    await bob.subscribe('note:a')
    expect(await ada.push('note:a', epoch, [put(replica(1), 1, 'hello')])).toMatchObject({
      type: 'pushed',
      results: [{ kind: 'ok', seqs: [1] }],
    })
    await bob.until(() => bob.all('feed').length === 1)
    const [feed] = bob.all('feed')
    expect(Buffer.from(feed?.ops[0]?.body ?? []).toString()).toBe('hello')
  })

  it('keeps workspaces apart: streams, feeds and tokens', async () => {
    const { address } = await startHub()
    const [here, there] = [
      await join(address.url, 'ada', 1, 'acme'),
      await join(address.url, 'bob', 2, 'beta'),
    ]
    const { epoch } = await here.subscribe('note:a')
    const other = await there.subscribe('note:a')
    expect(other.epoch).not.toBe(epoch)
    await here.push('note:a', epoch, [put(replica(1), 1, 'secret')])
    await there.push('note:a', other.epoch, [put(replica(2), 1, 'other')])
    await there.until(() => there.all('feed').length === 1)
    expect(JSON.stringify(there.heard)).not.toContain(JSON.stringify(put(replica(1), 1, 'secret').body))
    const stranger = connect(address.url, 'beta')
    await stranger.connected()
    expect(await stranger.hello(await tokenFor('ada', ['write:*'], 'acme'), replica(3))).toMatchObject({
      type: 'refused',
      error: { code: 'acl/denied' },
    })
  })

  it.each(['', 'a/b', '-x', 'x'.repeat(65), 'a b', '__proto__'])('has no workspace %j', async (name) => {
    const { address } = await startHub()
    expect(await connect(address.url, name).gone).toMatch(/workspace|namespace/i)
  })

  it('sends nobody the feed of a stream that is called like his socket', async () => {
    const { address } = await startHub({ streams: defineStreams({ '*': tape() }) })
    const [ada, bob] = [await join(address.url, 'ada', 1), await join(address.url, 'bob', 2)]
    const name = ada.socket.id ?? ''
    const { epoch } = await bob.subscribe(name)
    await bob.push(name, epoch, [put(replica(2), 1, 'x')])
    await bob.until(() => bob.all('feed').length === 1)
    await ada.subscribe('other')
    expect(ada.all('feed')).toEqual([])
  })

  it('survives garbage of every kind, and only the sender is cut off', async () => {
    const { address } = await startHub()
    const witness = await join(address.url, 'ada', 1)
    const { epoch } = await witness.subscribe('note:a')
    for (let seed = 0; seed < 30; seed++) {
      const hostile = seed % 2 === 0 ? await join(address.url, 'mallory', 100 + seed) : connect(address.url)
      await hostile.connected()
      const length = (seed * 37) % 300
      hostile.sendRaw(Uint8Array.from({ length }, (_, index) => (seed * 131 + index * index * 7) & 0xff))
      await hostile.gone
      expect(hostile.all('refused').at(-1)).toMatchObject({ id: 0 })
    }
    expect(await witness.push('note:a', epoch, [put(replica(1), 1, 'fine')])).toMatchObject({
      type: 'pushed',
    })
  })

  it('cuts off a push of 20 MB and serves on', async () => {
    const { address } = await startHub()
    const [witness, large] = [await join(address.url, 'ada', 1), await join(address.url, 'bob', 2)]
    const { epoch } = await witness.subscribe('note:a')
    let closeCode: unknown
    large.socket.io.engine.on('close', (_reason, context) => {
      closeCode =
        (context as unknown as { context?: { code?: number } } | undefined)?.context?.code ?? context
    })
    large.sendRaw(new Uint8Array(20 * 1024 * 1024))
    await large.gone
    expect(JSON.stringify(closeCode)).toContain('1009')
    expect(await witness.push('note:a', epoch, [put(replica(1), 1, 'fine')])).toMatchObject({
      type: 'pushed',
    })
    const again = await join(address.url, 'bob', 2)
    expect((await again.subscribe('note:a')).headSeq).toBe(1)
  })

  it('cuts off who does not read, and the reader catches up', async () => {
    // As if the feed were never cut: what waits for one connection is bounded all the same.
    const { address } = await startHub({ limits: { feedBytes: 1e9, unreadBytes: 2_000_000 } })
    const [author, stalled] = [await join(address.url, 'ada', 1), await join(address.url, 'bob', 2)]
    const { epoch } = await author.subscribe('note:a')
    await stalled.subscribe('note:a')
    const wire = stalled.socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } }
    wire.ws.pause()
    let counter = 1
    let isCut = false
    void stalled.gone.then(() => (isCut = true))
    for (let round = 0; round < 60; round++) {
      await author.push('note:a', epoch, [put(replica(1), counter, 'x'.repeat(200_000))])
      counter += 200_000
    }
    wire.ws.resume()
    await stalled.gone
    expect(isCut).toBe(true)
    const back = await join(address.url, 'bob', 2)
    expect((await back.subscribe('note:a')).headSeq).toBe(60)
  })

  it('serves others while one floods it', async () => {
    const { address } = await startHub({
      limits: { pushes: { perSecond: 100, burst: 200 }, pulls: { perSecond: 100, burst: 200 } },
    })
    const [flooder, witness] = [await join(address.url, 'mallory', 1), await join(address.url, 'ada', 2)]
    const { epoch } = await flooder.subscribe('note:flood')
    const note = await witness.subscribe('note:a')
    for (let i = 0; i < 3_000; i++) {
      const id = flooder.nextId()
      const ops = [put(replica(1), i / 2 + 1, 'x')]
      if (i % 2 === 0) flooder.say({ type: 'push', id, batches: [{ stream: 'note:flood', epoch, ops }] })
      else flooder.say({ type: 'pull', id, stream: 'note:flood', epoch, afterSeq: 0 })
    }
    for (let counter = 1; counter <= 20; counter++) {
      expect(await witness.push('note:a', note.epoch, [put(replica(2), counter, 'y')])).toMatchObject({
        results: [{ kind: 'ok', seqs: [counter] }],
      })
    }
    const count = (type: 'pushed' | 'pulled' | 'refused') => flooder.all(type).length
    await flooder.until(() => count('pushed') + count('pulled') + count('refused') === 3_000)
    const refused = flooder.all('refused').map(({ error }) => error)
    expect(refused.length).toBeGreaterThan(2_000)
    for (const error of refused) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^limit\/rate$|^hub\/overloaded$/) })
      expect(error.retryAfterMs).toBeGreaterThan(0)
    }
    expect(flooder.socket.connected, 'it was told, not cut off').toBe(true)
  })

  it('refuses pages of other origins', async () => {
    const { address } = await startHub({ origins: ['https://app.example.com'] })
    expect(await connect(address.url, 'default', { Origin: 'https://evil.example' }).gone).toMatch(
      /websocket error/,
    )
    await connect(address.url, 'default', { Origin: 'https://app.example.com' }).connected()
    const denied = await fetch(`${address.url}/healthz`, { headers: { Origin: 'https://evil.example' } })
    expect(denied.status).toBe(403)
    expect(denied.headers.get('access-control-allow-origin')).toBeNull()
    const allowed = await fetch(`${address.url}/healthz`, { headers: { Origin: 'https://app.example.com' } })
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
  })

  it('takes an origin for a stranger when the function that decides fails', async () => {
    const { address } = await startHub({
      origins: (origin) => new URL(origin).hostname === 'app.example.com',
    })
    expect(await connect(address.url, 'default', { Origin: 'null' }).gone).toMatch(/websocket error/)
    await connect(address.url, 'default', { Origin: 'https://app.example.com' }).connected()
  })

  it('takes no more connections than it may', async () => {
    const { address } = await startHub({ limits: { connections: 2 } })
    const first = await join(address.url, 'ada', 1)
    await join(address.url, 'bob', 2)
    expect(await connect(address.url).gone).toMatch(/as many connections/)
    first.close()
    await first.gone
    const retry = async (): Promise<SocketClient> => {
      const client = connect(address.url)
      const outcome = await Promise.race([client.connected().then(() => 'in'), client.gone])
      return outcome === 'in' ? client : retry()
    }
    await retry()
  })

  it('drains: tells its clients when to come back and finishes what they pushed', async () => {
    const disk = new MemoryDisk()
    const storage = memory({ disk, delayMs: () => 20 })
    const append = storage.append.bind(storage)
    let closing: Promise<void> | undefined
    storage.append = (batches) => {
      closing ??= hub.close()
      return append(batches)
    }
    const { hub, address } = await startHub({ storage })
    const ada = await join(address.url, 'ada', 1)
    const { epoch } = await ada.subscribe('note:a')
    expect(await ada.push('note:a', epoch, [put(replica(1), 1, 'late')])).toMatchObject({
      type: 'pushed',
      results: [{ kind: 'ok', seqs: [1] }],
    })
    expect(ada.all('drain')[0]?.reconnectAfterMs).toBeGreaterThan(0)
    await ada.gone
    await closing
    expect(hub.address).toBeUndefined()
    await expect(fetch(`${address.url}/healthz`)).rejects.toThrow()
    const next = await startHub({ storage: memory({ disk }) })
    const again = await join(next.address.url, 'ada', 1)
    expect(await again.subscribe('note:a')).toMatchObject({ epoch, headSeq: 1 })
  })

  it('says that a port is in use, and leaves nothing open', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const storage = memory()
    await expect(start({ port, storage })).rejects.toMatchObject({
      code: 'config/port-in-use',
      message: expect.stringContaining(`Port ${port}`),
    })
    await expect(storage.findStream({ workspace: 'a', stream: 'b' })).rejects.toMatchObject({
      code: 'storage/unavailable',
    })
    other.close()
  })

  it.each([
    [{ port: 70_000 }, 'port'],
    [{ port: 1.5 }, 'port'],
    [{ drainSpreadMs: -1 }, 'drainSpreadMs'],
    [{ auth: undefined }, 'auth'],
    [{ storage: undefined }, 'storage'],
    [{ streams: undefined }, 'streams'],
    [{ limits: { frameBytes: -1 } }, 'frameBytes'],
    [{ origins: ['app.example.com'] }, 'app.example.com'],
  ])('refuses the options %j and names what is wrong', (wrong, name) => {
    const make = () =>
      createHub({
        port: 0,
        storage: memory(),
        auth: () => ({}) as never,
        streams: {} as never,
        ...(wrong as object),
      })
    expect(make).toThrow(
      expect.objectContaining({ code: 'config/invalid', message: expect.stringContaining(name) }),
    )
  })
})
