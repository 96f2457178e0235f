import { EventEmitter, once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdapter } from '@socket.io/redis-adapter'
import { Server } from 'socket.io'
import { io, type Socket } from 'socket.io-client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { MESSAGE_EVENT, socketParser } from './socket-parser.js'

/** What a test opened, closed after it in reverse order. */
const opened: (() => unknown)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const close of opened.splice(0).reverse()) await close()
})

interface Listening {
  readonly hub: Server
  readonly url: string
}

async function listen(adapter?: ReturnType<typeof createAdapter>): Promise<Listening> {
  const http: HttpServer = createServer()
  const hub = new Server(http, {
    parser: socketParser,
    transports: ['websocket'],
    ...(adapter ? { adapter } : {}),
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  opened.push(() => hub.close())
  return { hub, url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

function connect(url: string): Socket {
  const socket = io(url, {
    parser: socketParser,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  })
  opened.push(() => socket.disconnect())
  return socket
}

/** Resolves with the arguments of the next such event. */
function next(source: Pick<Socket, 'once'>, event: string): Promise<unknown[]> {
  return new Promise((resolve) => source.once(event, (...args: unknown[]) => resolve(args)))
}

/** A WebSocket that speaks bytes, to send what no Socket.io client would. */
async function rawSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`)
  socket.binaryType = 'arraybuffer'
  await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }))
  opened.push(() => socket.close())
  return socket
}

describe('a server and a client of socket.io', () => {
  it('exchange messages of one binary WebSocket frame each way', async () => {
    const { hub, url } = await listen()
    const wire: unknown[] = []
    hub.engine.on('connection', (connection: EventEmitter & { transport: EventEmitter }) => {
      connection.on(
        'packet',
        ({ type, data }: { type: string; data: unknown }) => type === 'message' && wire.push(data),
      )
      connection.on(
        'packetCreate',
        ({ type, data }: { type: string; data: unknown }) => type === 'message' && wire.push(data),
      )
    })
    hub.of('/acme').on('connection', (socket) => {
      socket.on(MESSAGE_EVENT, (frame: Uint8Array) =>
        socket.emit(MESSAGE_EVENT, Uint8Array.from([...frame].reverse())),
      )
    })
    const client = connect(`${url}/acme`)
    await next(client, 'connect')
    wire.length = 0

    const answer = next(client, MESSAGE_EVENT)
    client.emit(MESSAGE_EVENT, Uint8Array.of(1, 2, 3))
    expect(await answer).toEqual([Uint8Array.of(3, 2, 1)])
    const namespace = [4, ...Buffer.from('acme')]
    expect(wire.map((data) => [...(data as Uint8Array)])).toEqual([
      [2, ...namespace, 1, 2, 3],
      [2, ...namespace, 3, 2, 1],
    ])
  })

  it('keep the order of many messages of all sizes', async () => {
    const { hub, url } = await listen()
    const sizes = [0, 1, 125, 126, 65_535, 65_536, 300_000, 2]
    hub.of('/acme').on('connection', (socket) => {
      socket.on(MESSAGE_EVENT, (frame: Uint8Array) => socket.emit(MESSAGE_EVENT, frame))
    })
    const client = connect(`${url}/acme`)
    const received: number[] = []
    const all = new Promise<void>((resolve) => {
      client.on(MESSAGE_EVENT, (frame: Uint8Array) => {
        received.push(frame.length)
        if (received.length === sizes.length) resolve()
      })
    })
    await next(client, 'connect')
    for (const size of sizes) client.emit(MESSAGE_EVENT, new Uint8Array(size))
    await all
    expect(received).toEqual(sizes)
  })

  it('keep namespaces apart on one connection', async () => {
    const { hub, url } = await listen()
    for (const name of ['/', '/acme', '/büro']) {
      hub.of(name).on('connection', (socket) => socket.emit(MESSAGE_EVENT, Buffer.from(name)))
    }
    const manager = connect(url).io
    const rest = ['/acme', '/büro'].map((name) => manager.socket(name))
    const names = await Promise.all([
      next(manager.socket('/'), MESSAGE_EVENT),
      ...rest.map((socket) => next(socket, MESSAGE_EVENT)),
    ])
    expect(names.map(([frame]) => Buffer.from(frame as Uint8Array).toString())).toEqual([
      '/',
      '/acme',
      '/büro',
    ])
  })

  it('tell an unknown namespace, and a refusal with its data', async () => {
    const { hub, url } = await listen()
    hub
      .of('/closed')
      .use((_socket, done) => done(Object.assign(new Error('Not now.'), { data: { code: 'hub/draining' } })))
    const [unknown] = await next(connect(`${url}/nowhere`), 'connect_error')
    expect(unknown).toMatchObject({ message: 'Invalid namespace' })
    const [closed] = await next(connect(`${url}/closed`), 'connect_error')
    expect(closed).toMatchObject({ message: 'Not now.', data: { code: 'hub/draining' } })
  })

  it('tell each other that they leave', async () => {
    const { hub, url } = await listen()
    const arrived = new Promise<EventEmitter & { disconnect(): void }>((resolve) =>
      hub.of('/acme').on('connection', resolve as never),
    )
    const client = connect(`${url}/acme`)
    const socket = await arrived
    const left = once(socket, 'disconnect')
    await next(client, 'connect')
    client.disconnect()
    expect(await left).toContain('client namespace disconnect')

    const again = connect(`${url}/acme`)
    await next(again, 'connect')
    const told = next(again, 'disconnect')
    hub.of('/acme').disconnectSockets()
    expect((await told)[0]).toBe('io server disconnect')
  })

  it('encode a broadcast once, however many sockets are in the room', async () => {
    const { hub, url } = await listen()
    hub.of('/acme').on('connection', (socket) => void socket.join('doc:readme'))
    const clients = [connect(`${url}/acme`), connect(`${url}/acme`), connect(`${url}/acme`)]
    await Promise.all(clients.map((client) => next(client, 'connect')))
    const encode = vi.spyOn(socketParser.Encoder.prototype, 'encode')
    const received = clients.map((client) => next(client, MESSAGE_EVENT))
    hub.of('/acme').to('doc:readme').emit(MESSAGE_EVENT, Uint8Array.of(7))
    expect(await Promise.all(received)).toEqual([[Uint8Array.of(7)], [Uint8Array.of(7)], [Uint8Array.of(7)]])
    expect(encode).toHaveBeenCalledTimes(1)
  })
})

describe('garbage', () => {
  it.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ['the text of an event', '42["m","x"]'],
    ['a text that announces attachments', '451-["m",{"_placeholder":true,"num":0}]'],
    ['a text that announces millions of attachments', '4599999999-["m"]'],
    ['random bytes', Uint8Array.of(0xff, 0xfe, 0xfd)],
    ['an empty frame', new Uint8Array()],
    ['a namespace that ends early', Uint8Array.of(2, 200, 1)],
    ['an acknowledgement nobody asked for', Uint8Array.of(3, 4, ...Buffer.from('acme'))],
    ['a second connect', Uint8Array.of(0, 4, ...Buffer.from('acme'), 0)],
  ])('of one client, such as %s, closes that connection and no other', async (_, garbage) => {
    const { hub, url } = await listen()
    hub.of('/acme').on('connection', (socket) => {
      socket.on(MESSAGE_EVENT, (frame: Uint8Array) => socket.emit(MESSAGE_EVENT, frame))
    })
    const neighbour = connect(`${url}/acme`)
    await next(neighbour, 'connect')

    const hostile = await rawSocket(url)
    hostile.send(Uint8Array.of(0, 4, ...Buffer.from('acme'), 0))
    await new Promise((resolve) => hostile.addEventListener('message', resolve, { once: true }))
    const closed = new Promise((resolve) => hostile.addEventListener('close', resolve, { once: true }))
    hostile.send(garbage)
    await closed

    const answer = next(neighbour, MESSAGE_EVENT)
    neighbour.emit(MESSAGE_EVENT, Uint8Array.of(1))
    expect(await answer).toEqual([Uint8Array.of(1)])
    expect(hub.of('/acme').sockets.size).toBe(1)
  })

  it('of a hub ends the connection of the client, which is told', async () => {
    const { hub, url } = await listen()
    hub.of('/acme')
    const client = connect(`${url}/acme`)
    await next(client, 'connect')
    const told = next(client, 'disconnect')
    for (const connection of hub.of('/acme').sockets.values()) connection.conn.write(Buffer.of(0xff))
    expect((await told)[0]).toBe('parse error')
  })
})

/** Redis as two hubs see it: every message to every subscriber whose pattern it fits. */
class PubSub extends EventEmitter {
  private readonly bus: EventEmitter
  constructor(bus: EventEmitter) {
    super()
    this.bus = bus
  }
  pSubscribe(pattern: string, listener: (message: Buffer, channel: string) => void): Promise<void> {
    this.bus.on('message', (channel: string, message: Buffer) => {
      if (channel.startsWith(pattern.slice(0, -1))) listener(message, channel)
    })
    return Promise.resolve()
  }
  subscribe(): Promise<void> {
    return Promise.resolve()
  }
  publish(channel: string, message: Buffer): Promise<void> {
    this.bus.emit('message', channel, Buffer.from(message))
    return Promise.resolve()
  }
}

it('a broadcast crosses hubs through the Redis adapter', async () => {
  const bus = new EventEmitter()
  const hubs = await Promise.all([1, 2].map(() => listen(createAdapter(new PubSub(bus), new PubSub(bus)))))
  const clients = hubs.map(({ hub, url }) => {
    hub.of('/acme').on('connection', (socket) => void socket.join('doc:readme'))
    return connect(`${url}/acme`)
  })
  await Promise.all(clients.map((client) => next(client, 'connect')))
  const received = clients.map((client) => next(client, MESSAGE_EVENT))
  const frame = Uint8Array.of(9, 9, 1, 0, 255).subarray(2)
  hubs[0]?.hub.of('/acme').to('doc:readme').emit(MESSAGE_EVENT, frame)
  expect(await Promise.all(received)).toEqual([[frame], [frame]])
})
