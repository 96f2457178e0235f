import { MESSAGE_EVENT, socketParser } from '@flowsync/protocol'
import { Manager } from 'socket.io-client'
import type { Transport } from './transport.js'

/** How long a socket may take to open, in milliseconds. */
const OPEN_TIMEOUT_MS = 10_000

/**
 * Connects by Socket.io over WebSocket, one binary frame a message, the workspace as the namespace.
 *
 * Socket.io's own reconnection is off: the session decides when, with jitter over all clients. A half-open socket is
 * found by engine.io's heartbeat.
 */
export function socketTransport(): Transport {
  return {
    connect({ url, workspace }, { onOpen, onFrame, onClose }) {
      // One manager each: a connection given up must not be shared with the next.
      const manager = new Manager(url, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        timeout: OPEN_TIMEOUT_MS,
        parser: socketParser,
      })
      const socket = manager.socket(`/${workspace}`)
      let isClosed = false
      const end = (reason: string): void => {
        if (isClosed) return
        isClosed = true
        socket.disconnect()
        onClose(reason)
      }
      socket.on('connect', () => !isClosed && onOpen())
      socket.on(MESSAGE_EVENT, (frame: Uint8Array) => !isClosed && onFrame(frame))
      socket.on('connect_error', (error) => end(error.message))
      socket.on('disconnect', (reason) => end(reason))
      socket.connect()
      return {
        send(frame) {
          if (!isClosed) socket.emit(MESSAGE_EVENT, frame)
        },
        close() {
          isClosed = true
          socket.disconnect()
        },
      }
    },
  }
}
