import { encodeSocketMessage } from '@flowsync/protocol'
import type { Socket } from 'socket.io'
import type { Unread } from './unread.js'

/** What of a Socket.io connection's inside takes a frame that is ready for the wire; engine.io uses it for texts. */
interface Wire {
  readonly writable: boolean
  readonly socket?: {
    readonly bufferedAmount: number
    readonly _sender?: { sendFrame?(parts: readonly Buffer[], onSent: () => void): void }
  }
}

/** The part of engine.io's connection that holds what waits to be given to the wire. */
interface Waiting {
  readonly writeBuffer: readonly unknown[]
}

const BINARY = 0x82
const LENGTH_16 = 126
const LENGTH_64 = 127

/** One message for a whole room, made ready once whatever the number of its readers. */
export class SocketBroadcast {
  private readonly packet: Buffer
  private readonly parts: readonly [Buffer]

  /** @param namespace with its slash */
  constructor(namespace: string, message: Uint8Array) {
    const packet = encodeSocketMessage(namespace, message)
    this.packet = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength)
    this.parts = [serverFrame(packet)]
  }

  /**
   * Sends it to one connection. Where nothing waits to be sent it goes straight to the WebSocket, past the queues and
   * events of engine.io, which cost more than the system call; otherwise behind what waits.
   */
  sendTo(conn: Socket['conn'], unread: Unread): void {
    if (conn.readyState !== 'open') return
    const { writable, socket } = conn.transport as unknown as Wire
    const sender = socket?._sender
    const isClear = writable && (conn as unknown as Waiting).writeBuffer.length === 0
    if (!socket || !isClear || typeof sender?.sendFrame !== 'function') {
      conn.write(this.packet)
      return
    }
    if (!unread.admits()) return
    sender.sendFrame(this.parts, unread.onDirectlySent)
    if (socket.bufferedAmount > 0) unread.waitsDirectly(this.packet.length)
  }
}

/** Bytes as a WebSocket frame of a server: whole, binary, not masked (RFC 6455, section 5.2). */
export function serverFrame(payload: Uint8Array): Buffer {
  const { length } = payload
  const header = length < LENGTH_16 ? 2 : length < 0x1_0000 ? 4 : 10
  const frame = Buffer.allocUnsafeSlow(header + length)
  frame[0] = BINARY
  if (header === 2) frame[1] = length
  else if (header === 4) {
    frame[1] = LENGTH_16
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = LENGTH_64
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.set(payload, header)
  return frame
}
