import { MESSAGE_EVENT } from '@flowsync/protocol'
import type { Socket } from 'socket.io'
import type { HubConnection } from './hub-connection.js'
import { SocketBroadcast } from './socket-broadcast.js'
import { gatherWrites } from './socket-turn.js'
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
}

/** Larger frames are not copied for a shorter way. */
const SHORT_WAY_BYTES = 4 * 1024

/** A Socket.io socket as the engine sees connections. */
export function socketPeer(socket: Socket, { unread, admit }: PeerWire): HubConnection {
  const { conn } = socket
  const gather = gatherWrites(conn.request.socket)
  return {
    address: socket.handshake.address,
    get unreadBytes() {
      return unread.bytes
    },
    send: (frame) => {
      if (frame.length <= SHORT_WAY_BYTES) {
        gather()
        new SocketBroadcast(socket.nsp.name, frame).sendTo(conn, unread)
        return
      }
      socket.emit(MESSAGE_EVENT, Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength))
    },
    close: () => {
      socket.disconnect(true)
    },
    join: (room) => void socket.join(roomOf(room)),
    leave: (room) => void socket.leave(roomOf(room)),
    admit,
  }
}
