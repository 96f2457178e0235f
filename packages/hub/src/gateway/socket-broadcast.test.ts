import { decodeSocketPacket } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import type { Socket } from 'socket.io'
import { serverFrame, SocketBroadcast } from './socket-broadcast.js'
import { Unread } from './unread.js'

type Conn = Socket['conn']

const PING_BYTES = 3

/** A connection as engine.io has them, with a WebSocket whose peer reads when it is told to. */
class FakeConn {
  readonly sent: Buffer[] = []
  readonly written: Buffer[] = []
  readonly writeBuffer: unknown[] = []
  readyState = 'open'
  isTerminated = false
  private readonly onSent: (() => void)[] = []
  private onDrain: () => void = () => undefined
  readonly transport

  constructor(options: { readonly reads: boolean; readonly writable?: boolean }) {
    const socket = {
      bufferedAmount: 0,
      terminate: () => void (this.isTerminated = true),
      _sender: {
        sendFrame: ([frame]: readonly Buffer[], done: () => void) => {
          this.sent.push(frame ?? Buffer.alloc(0))
          this.onSent.push(done)
          if (!options.reads) socket.bufferedAmount += frame?.length ?? 0
        },
      },
    }
    const on = (_event: 'drain', listener: () => void) => void (this.onDrain = listener)
    this.transport = { writable: options.writable ?? true, socket, on }
  }

  on(): void {}

  write(packet: Buffer): void {
    this.written.push(packet)
  }

  /** The peer reads all that waits. */
  read(): void {
    this.transport.socket.bufferedAmount = 0
    for (const done of this.onSent.splice(0)) done()
  }

  /** The peer reads all, and behind it a ping that engine.io wrote meanwhile: what was sent first is over first. */
  readWithPing(): void {
    const { socket } = this.transport
    socket.bufferedAmount = PING_BYTES
    for (const done of this.onSent.splice(0)) done()
    socket.bufferedAmount = 0
    this.onDrain()
  }

  get asConn(): Conn {
    return this as unknown as Conn
  }
}

const message = Uint8Array.of(1, 2, 3)
const broadcast = new SocketBroadcast('/acme', message)
const contentOf = (packet: Buffer) => (decodeSocketPacket(packet).data as [string, Uint8Array])[1]

describe('SocketBroadcast', () => {
  it('goes straight to a WebSocket that waits for nothing, as one frame', () => {
    const conn = new FakeConn({ reads: true })
    const unread = new Unread(conn.asConn, 1_000)
    broadcast.sendTo(conn.asConn, unread)
    expect(conn.written).toEqual([])
    const [frame = Buffer.alloc(0)] = conn.sent
    expect(frame[0]).toBe(0x82)
    expect(frame[1]).toBe(frame.length - 2)
    expect(contentOf(frame.subarray(2))).toEqual(message)
    expect(unread.bytes).toBe(0)
  })

  it('overtakes nothing that engine.io still holds', () => {
    const busy = new FakeConn({ reads: true, writable: false })
    const queued = new FakeConn({ reads: true })
    queued.writeBuffer.push('a packet')
    for (const conn of [busy, queued]) {
      broadcast.sendTo(conn.asConn, new Unread(conn.asConn, 1_000))
      expect(conn.sent).toEqual([])
      expect(conn.written.map(contentOf)).toEqual([message])
    }
  })

  it('is counted as long as its peer does not read, and told when it has', () => {
    const conn = new FakeConn({ reads: false })
    const unread = new Unread(conn.asConn, 10_000)
    const heard: number[] = []
    unread.watch(() => heard.push(unread.bytes))
    broadcast.sendTo(conn.asConn, unread)
    broadcast.sendTo(conn.asConn, unread)
    const [first = 0, second = 0] = heard
    expect(first).toBeGreaterThan(message.length)
    expect(second).toBe(2 * first)
    conn.read()
    expect(heard).toEqual([first, second, 0])
  })

  it('is counted no longer when a ping was written behind it that has left too', () => {
    const conn = new FakeConn({ reads: false })
    const unread = new Unread(conn.asConn, 10_000)
    const heard: number[] = []
    unread.watch(() => heard.push(unread.bytes))
    broadcast.sendTo(conn.asConn, unread)
    conn.readWithPing()
    expect(unread.bytes).toBe(0)
    expect(heard.at(-1)).toBe(0)
  })

  it('ends a connection for which too much waits, and gives it no more', () => {
    const conn = new FakeConn({ reads: false })
    const unread = new Unread(conn.asConn, 1_000)
    for (let i = 0; i < 20; i++) broadcast.sendTo(conn.asConn, unread)
    expect(conn.isTerminated).toBe(true)
    expect(unread.bytes).toBeLessThan(1_000 + 2 * 300)
    expect(conn.sent.length).toBeLessThan(6)
  })

  it('is not sent to a connection that closes', () => {
    const conn = new FakeConn({ reads: true })
    conn.readyState = 'closing'
    broadcast.sendTo(conn.asConn, new Unread(conn.asConn, 1_000))
    expect([conn.sent, conn.written]).toEqual([[], []])
  })
})

it.each([
  [0, [0x82, 0]],
  [125, [0x82, 125]],
  [126, [0x82, 126, 0, 126]],
  [65_535, [0x82, 126, 255, 255]],
  [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
])('serverFrame of %d bytes has the header of RFC 6455', (length, header) => {
  const payload = Buffer.alloc(length, 'ab')
  const frame = serverFrame(payload)
  expect([...frame.subarray(0, header.length)]).toEqual(header)
  expect(frame.subarray(header.length).equals(payload)).toBe(true)
})
