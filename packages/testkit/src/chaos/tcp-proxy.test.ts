import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TcpProxy } from './tcp-proxy.js'

/** One end of a connection, and all that it was sent. */
class End {
  text = ''
  isClosed = false
  readonly socket: Socket
  private readonly watchers = new Set<() => void>()

  constructor(socket: Socket) {
    this.socket = socket
    const look = (): void => this.watchers.forEach((watcher) => watcher())
    socket.on('data', (chunk) => {
      this.text += chunk.toString()
      look()
    })
    socket.on('error', () => undefined)
    socket.once('close', () => {
      this.isClosed = true
      look()
    })
  }

  async until(condition: () => boolean): Promise<void> {
    if (condition()) return
    await new Promise<void>((resolve) => {
      const watcher = (): void => {
        if (!condition()) return
        this.watchers.delete(watcher)
        resolve()
      }
      this.watchers.add(watcher)
    })
  }
}

let server: Server
let proxy: TcpProxy
let accepted: End[]
let isServed: boolean
const ends: End[] = []

beforeEach(async () => {
  accepted = []
  isServed = true
  server = createServer((socket) => accepted.push(new End(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  proxy = await TcpProxy.start({ route: () => (isServed ? { name: 'server', port } : undefined) })
})

afterEach(async () => {
  for (const { socket } of [...ends.splice(0), ...accepted]) socket.destroy()
  await proxy.stop()
  server.close()
})

function join(): End {
  const end = new End(connect({ port: proxy.port, host: '127.0.0.1' }))
  ends.push(end)
  return end
}

/** A connection over which both sides have heard each other. */
async function talk(): Promise<readonly [End, End]> {
  const client = join()
  client.socket.write('hello ')
  const isHeard = (): boolean => accepted.some(({ text }) => text === 'hello ')
  while (!isHeard()) await once(server, 'connection').then(() => accepted.at(-1)?.until(isHeard))
  const far = accepted.find(({ text }) => text === 'hello ')
  if (!far) throw new Error('unreachable')
  far.text = ''
  far.socket.write('welcome ')
  await client.until(() => client.text === 'welcome ')
  client.text = ''
  return [client, far]
}

describe('TcpProxy', () => {
  it('passes bytes and ends on', async () => {
    const [client, far] = await talk()
    expect(proxy.countTo('server')).toBe(1)
    client.socket.end('bye')
    await far.until(() => far.text === 'bye' && far.isClosed)
    await client.until(() => client.isClosed)
  })

  it('cuts what is there and refuses what comes', async () => {
    const [client, far] = await talk()
    proxy.setMode({ kind: 'cut' })
    await Promise.all([client, far].map((end) => end.until(() => end.isClosed)))
    const late = join()
    await late.until(() => late.isClosed)
    expect(accepted).toHaveLength(1)
    proxy.setMode({ kind: 'pass' })
    await talk()
  })

  it('holds one direction back and delivers it in the end, in order', async () => {
    const [client, far] = await talk()
    proxy.setMode({ kind: 'hold', direction: 'to-server' })
    client.socket.write('1')
    client.socket.write('2')
    // The other direction is as before: when this has come, the held bytes have had their time.
    far.socket.write('ping')
    await client.until(() => client.text === 'ping')
    expect(far.text).toBe('')
    proxy.setMode({ kind: 'pass' })
    await far.until(() => far.text === '12')
  })

  it('does not tell of an end while both directions are held', async () => {
    const [client, far] = await talk()
    proxy.setMode({ kind: 'hold', direction: 'both' })
    far.socket.destroy()
    await far.until(() => far.isClosed)
    const other = join()
    await once(other.socket, 'connect')
    expect(client.isClosed).toBe(false)
    proxy.setMode({ kind: 'pass' })
    await client.until(() => client.isClosed)
  })

  it('leaves connections half open for good, and serves new ones once it passes', async () => {
    const [client, far] = await talk()
    expect(proxy.hasHalfOpen).toBe(false)
    proxy.setMode({ kind: 'swallow' })
    client.socket.write('lost')
    far.socket.write('lost')
    proxy.setMode({ kind: 'pass' })
    expect(proxy.hasHalfOpen).toBe(true)
    client.socket.write('lost too')
    // A connection made afterwards works; by the time it has, the lost bytes would have come.
    const [fresh, freshFar] = await talk()
    fresh.socket.write('again')
    await freshFar.until(() => freshFar.text === 'again')
    expect([client.text, far.text]).toEqual(['', ''])
    client.socket.destroy()
    await far.until(() => far.isClosed)
    expect(proxy.hasHalfOpen).toBe(false)
  })

  it('delays', async () => {
    const [client, far] = await talk()
    proxy.setMode({ kind: 'delay', ms: 80 })
    const sentMs = performance.now()
    client.socket.write('late')
    await far.until(() => far.text === 'late')
    // Never early; how late it is depends on the machine.
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(79)
  })

  it('throttles', async () => {
    const [client, far] = await talk()
    proxy.setMode({ kind: 'throttle', bytesPerSecond: 10_000 })
    const sentMs = performance.now()
    client.socket.write('x'.repeat(1_000))
    await far.until(() => far.text.length === 1_000)
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(99)
  })

  it('refuses what has nowhere to go', async () => {
    isServed = false
    const client = join()
    await client.until(() => client.isClosed)
    expect(accepted).toEqual([])
  })

  it('carries more than fits into any buffer', async () => {
    const [client, far] = await talk()
    const text = 'x'.repeat(8_000_000)
    client.socket.write(text)
    await far.until(() => far.text.length === text.length)
  })
})
