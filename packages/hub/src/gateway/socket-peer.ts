import type { Socket } from 'socket.io'
import type { HubConnection } from './hub-connection.js'
import { MESSAGE_EVENT } from '@flowsync/protocol'

/** Streams and the ids of sockets must never meet: Socket.io gives every socket a room of its own id. */
export function roomOf(stream: string): string {
  return `s:${stream}`
}

/** What of a Socket.io connection's inside tells how much it has not read yet. */
interface Wire {
  on(event: 'drain', listener: () => void): unknown
  readonly socket?: { terminate?(): void }
}

/** A Socket.io socket as the engine sees connections. */
export function socketPeer(socket: Socket): HubConnection {
  return {
    address: socket.handshake.address,
    send: (frame) => {
      socket.emit(MESSAGE_EVENT, Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength))
    },
    close: () => {
      socket.disconnect(true)
    },
    join: (room) => void socket.join(roomOf(room)),
    leave: (room) => void socket.leave(roomOf(room)),
  }
}

/**
 * Cuts a peer off that does not read, when too much waits for it: it catches up from the log when it
 * comes back. Call once for each connection.
 */
export function limitUnread(conn: Socket['conn'], unreadBytes: number): void {
  const wire = conn.transport as unknown as Wire
  let queued = 0
  let written = 0
  conn.on('packetCreate', ({ data }: { readonly data?: unknown }) => {
    // One frame may be larger than the limit, as a snapshot can be; nothing may wait behind so much.
    // A polite close would wait for the peer to read.
    if (queued + written > unreadBytes) wire.socket?.terminate?.()
    queued += ArrayBuffer.isView(data) ? data.byteLength : 0
  })
  conn.on('flush', () => {
    written += queued
    queued = 0
  })
  wire.on('drain', () => {
    written = 0
  })
}
