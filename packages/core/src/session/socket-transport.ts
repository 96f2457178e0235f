import {
  createSystem,
  decodeSocketPacket,
  encodeSocketConnect,
  encodeSocketMessage,
  type SocketPacket,
  type System,
} from '@flowsync/protocol'
import type { Connection, Transport, TransportHandlers } from './transport.js'

/** What {@link socketTransport} takes. */
export interface SocketTransportOptions {
  /** Default: the global one, which browsers and Node from 22 on have. */
  readonly WebSocket?: typeof WebSocket
  /** Timers. Default: the machine's. */
  readonly system?: Pick<System, 'setTimer'>
}

/** Packet types of engine.io protocol 4, the first character of its text frames. Binary frames are messages. */
const ENGINE_OPEN = '0'
const ENGINE_CLOSE = '1'
const ENGINE_PING = '2'
const ENGINE_PONG = '3'

/** Packet types of Socket.io protocol 5. */
const CONNECT = 0
const DISCONNECT = 1
const EVENT = 2
const CONNECT_ERROR = 4

/**
 * Speaks Socket.io over one WebSocket: one binary frame a message, the workspace as the namespace.
 *
 * Of Socket.io's client library next to nothing would be used, for FlowSync has its own reconnection, parser and
 * acknowledgements and needs no fallback to polling; and that library weighs more than half of the rest. The protocols are
 * engine.io 4 and Socket.io 5, as any Socket.io server speaks them. A half-open socket is found by
 * engine.io's heartbeat: the server sends pings, and a client that misses them hangs up.
 */
export function socketTransport(options: SocketTransportOptions = {}): Transport {
  const system = options.system ?? createSystem()
  return {
    connect({ url, workspace }, handlers) {
      const Socket = options.WebSocket ?? globalThis.WebSocket
      if (typeof Socket !== 'function') return noConnection(handlers)
      const namespace = `/${workspace}`
      const socket = new Socket(socketUrl(url))
      let cancelWatch = (): void => undefined
      let heartbeatMs = 0
      let isOver = false
      socket.binaryType = 'arraybuffer'

      const finish = (): boolean => {
        if (isOver) return false
        isOver = true
        cancelWatch()
        socket.close()
        return true
      }
      const fail = (reason: string): void => {
        if (finish()) handlers.onClose(reason)
      }
      const watch = (): void => {
        cancelWatch()
        cancelWatch = system.setTimer(heartbeatMs, () => fail('ping timeout'))
      }
      const send = (packet: Uint8Array): void => socket.send(packet as Uint8Array<ArrayBuffer>)
      const onText = (text: string): void => {
        if (text[0] === ENGINE_OPEN) {
          heartbeatMs = heartbeatOf(text.slice(1))
          watch()
          send(encodeSocketConnect(namespace))
        } else if (text[0] === ENGINE_PING) {
          watch()
          socket.send(ENGINE_PONG)
        } else if (text[0] === ENGINE_CLOSE) fail('the hub closed the connection')
      }

      const onPacket = (packet: SocketPacket): void => {
        if (packet.nsp === namespace) takePacket(packet, handlers, fail)
      }
      socket.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (isOver) return
        try {
          if (typeof data === 'string') onText(data)
          else onPacket(decodeSocketPacket(data))
        } catch (error) {
          fail(error instanceof Error ? error.message : 'malformed frame')
        }
      }
      socket.onerror = () => fail('no connection')
      socket.onclose = () => fail('the connection closed')
      return {
        send(frame) {
          if (!isOver) send(encodeSocketMessage(namespace, frame))
        },
        close: () => void finish(),
      }
    },
  }
}

/** Where there is no WebSocket, as on Node before 22, the client says so instead of trying for ever in silence. */
function noConnection({ onClose }: TransportHandlers): Connection {
  queueMicrotask(() => onClose('there is no WebSocket here, give one to socketTransport'))
  return { send: () => undefined, close: () => undefined }
}

function takePacket(
  packet: SocketPacket,
  { onOpen, onFrame }: TransportHandlers,
  fail: (reason: string) => void,
): void {
  if (packet.type === CONNECT) onOpen()
  else if (packet.type === EVENT) onFrame((packet.data as [string, Uint8Array])[1])
  else if (packet.type === CONNECT_ERROR) fail((packet.data as { readonly message: string }).message)
  else if (packet.type === DISCONNECT) fail('the hub ended the connection')
}

function socketUrl(url: string): string {
  return `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/socket.io/?EIO=4&transport=websocket`
}

/** How long the hub may be silent. */
function heartbeatOf(text: string): number {
  const { pingInterval, pingTimeout } = Object(JSON.parse(text)) as Record<
    'pingInterval' | 'pingTimeout',
    unknown
  >
  return Number(pingInterval) + Number(pingTimeout) || DEFAULT_HEARTBEAT_MS
}

const DEFAULT_HEARTBEAT_MS = 45_000
