import { MESSAGE_EVENT, socketParser, type SocketPacket } from '@flowsync/protocol'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { VirtualSystem } from '../tests/virtual-system.js'
import { socketTransport } from './socket-transport.js'

/** A WebSocket whose other side the test plays. */
class FakeSocket {
  static last: FakeSocket
  readonly url: string
  readonly sent: (string | Uint8Array)[] = []
  binaryType = 'blob'
  isClosed = false
  onmessage: (event: { readonly data: unknown }) => void = () => undefined
  onerror: () => void = () => undefined
  onclose: () => void = () => undefined

  constructor(url: string) {
    this.url = url
    FakeSocket.last = this
  }
  send(data: string | Uint8Array): void {
    this.sent.push(data)
  }
  close(): void {
    this.isClosed = true
  }
  say(packet: SocketPacket): void {
    this.onmessage({ data: new socketParser.Encoder().encode(packet)[0]?.slice().buffer })
  }
  open(): void {
    this.onmessage({ data: '0{"sid":"x","upgrades":[],"pingInterval":15000,"pingTimeout":10000}' })
  }
}

let system: VirtualSystem
let told: unknown[]
beforeEach(() => {
  system = new VirtualSystem()
  told = []
})

function connect(url = 'https://hub.example/base/') {
  const transport = socketTransport({ WebSocket: FakeSocket as unknown as typeof WebSocket, system })
  const connection = transport.connect(
    { url, workspace: 'acme' },
    {
      onOpen: () => told.push('open'),
      onFrame: (frame) => told.push([...frame]),
      onClose: (reason) => told.push(reason),
    },
  )
  return { connection, socket: FakeSocket.last }
}

function packetOf(data: unknown): SocketPacket | undefined {
  let packet: SocketPacket | undefined
  new socketParser.Decoder().on('decoded', (decoded) => (packet = decoded)).add(data)
  return packet
}

describe('socketTransport', () => {
  it('speaks Socket.io: engine handshake, namespace, then one binary frame a message', () => {
    const { connection, socket } = connect()
    expect(socket.url).toBe('wss://hub.example/base/socket.io/?EIO=4&transport=websocket')
    expect(socket.binaryType).toBe('arraybuffer')
    socket.open()
    expect(packetOf(socket.sent[0])).toMatchObject({ type: 0, nsp: '/acme' })
    expect(told).toEqual([])
    socket.say({ type: 0, nsp: '/acme', data: { sid: 's' } })
    connection.send(Uint8Array.of(1, 2))
    expect(packetOf(socket.sent[1])).toMatchObject({
      type: 2,
      nsp: '/acme',
      data: [MESSAGE_EVENT, Uint8Array.of(1, 2)],
    })
    socket.say({ type: 2, nsp: '/acme', data: [MESSAGE_EVENT, Uint8Array.of(3)] })
    socket.say({ type: 2, nsp: '/other', data: [MESSAGE_EVENT, Uint8Array.of(4)] })
    expect(told).toEqual(['open', [3]])
  })

  it.each([
    ['http://hub.example', 'ws://hub.example/socket.io/?EIO=4&transport=websocket'],
    ['ws://hub.example:8765', 'ws://hub.example:8765/socket.io/?EIO=4&transport=websocket'],
    ['wss://hub.example', 'wss://hub.example/socket.io/?EIO=4&transport=websocket'],
  ])('connects %s to %s', (url, expected) => {
    expect(connect(url).socket.url).toBe(expected)
  })

  it('answers pings, and hangs up when they do not come', async () => {
    const { socket } = connect()
    socket.open()
    await system.advance(20_000)
    socket.onmessage({ data: '2' })
    expect(socket.sent.at(-1)).toBe('3')
    await system.advance(24_999)
    expect(told).toEqual([])
    await system.advance(1)
    expect(told).toEqual(['ping timeout'])
    expect(socket.isClosed).toBe(true)
  })

  it.each<[string, (socket: FakeSocket) => void, RegExp]>([
    ['the socket closes', (socket) => socket.onclose(), /closed/],
    ['the socket fails', (socket) => socket.onerror(), /no connection/],
    ['the engine closes', (socket) => socket.onmessage({ data: '1' }), /closed/],
    [
      'the namespace is refused',
      (socket) => socket.say({ type: 4, nsp: '/acme', data: { message: 'no such workspace' } }),
      /no such workspace/,
    ],
    ['the namespace ends', (socket) => socket.say({ type: 1, nsp: '/acme' }), /ended/],
    ['a frame is no packet', (socket) => socket.onmessage({ data: Uint8Array.of(99).buffer }), /Malformed/],
    ['the handshake is no JSON', (socket) => socket.onmessage({ data: '0{' }), /JSON/],
    ['data is neither text nor bytes', (socket) => socket.onmessage({ data: { size: 3 } }), /not binary/],
  ])('ends once when %s', (_, act, reason) => {
    const { connection, socket } = connect()
    socket.open()
    act(socket)
    socket.onclose()
    socket.say({ type: 2, nsp: '/acme', data: [MESSAGE_EVENT, Uint8Array.of(3)] })
    connection.send(Uint8Array.of(1))
    expect(told).toEqual([expect.stringMatching(reason)])
    expect(socket.sent).toHaveLength(1)
    expect(system.timerCount).toBe(0)
  })

  it('says so where there is no WebSocket', async () => {
    vi.stubGlobal('WebSocket', undefined)
    const reason = await new Promise((onClose) => {
      const handlers = { onOpen: () => undefined, onFrame: () => undefined, onClose }
      socketTransport({ system }).connect({ url: 'https://hub.example', workspace: 'acme' }, handlers)
    })
    vi.unstubAllGlobals()
    expect(reason).toContain('give one to socketTransport')
  })

  it('says nothing more once it was closed', () => {
    const { connection, socket } = connect()
    socket.open()
    connection.close()
    connection.close()
    socket.onclose()
    socket.say({ type: 0, nsp: '/acme', data: { sid: 's' } })
    connection.send(Uint8Array.of(1))
    expect(told).toEqual([])
    expect(socket.isClosed).toBe(true)
    expect(system.timerCount).toBe(0)
  })
})
