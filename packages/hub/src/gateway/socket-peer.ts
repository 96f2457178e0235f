import { MESSAGE_EVENT } from '@flowsync/protocol'
import type { Socket } from 'socket.io'
import type { HubConnection } from './hub-connection.js'
import { SocketBroadcast } from './socket-broadcast.js'
import type { Unread } from './unread.js'

/** Streams and the ids of sockets must never meet: Socket.io gives every socket a room of its own id. */
export function roomOf(stream: string): string {
  return `s:${stream}`
}

/** What several workspaces on one wire share. */
export interface PeerWire {
  readonly unread: Unread
  /** Frames of full size may come from now on. */
  readonly admit: () => void
  /** See `gatherWrites`. */
  readonly gather: () => void
}

/** Larger frames are not copied for a shorter way. */
const SHORT_WAY_BYTES = 4 * 1024

/** A Socket.io socket as the engine sees connections. */
export class SocketPeer implements HubConnection {
  private readonly socket: Socket
  private readonly conn: Socket['conn']
  private readonly wire: PeerWire
  private readonly unread: Unread

  constructor(socket: Socket, wire: PeerWire) {
    this.socket = socket
    this.conn = socket.conn
    this.wire = wire
    this.unread = wire.unread
  }

  get address(): string {
    return this.socket.handshake.address
  }

  get unreadBytes(): number {
    return this.unread.bytes
  }

  send(frame: Uint8Array): void {
    const { socket } = this
    if (frame.length <= SHORT_WAY_BYTES) {
      this.wire.gather()
      this.feed(new SocketBroadcast(socket.nsp.name, frame))
      return
    }
    socket.emit(MESSAGE_EVENT, Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength))
  }

  /** Sends a message that was made ready. */
  feed(message: SocketBroadcast): void {
    message.sendTo(this.conn, this.unread)
  }

  close(): void {
    this.socket.disconnect(true)
  }

  join(room: string): void {
    void this.socket.join(roomOf(room))
  }

  leave(room: string): void {
    void this.socket.leave(roomOf(room))
  }

  admit(): void {
    this.wire.admit()
  }
}
