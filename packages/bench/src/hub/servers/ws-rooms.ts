import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { RunningServer } from '../server-types.js'
import { WELCOME, wsMessage } from '../ws-messages.js'

/** Rooms of connections, named by the path of their address, on bare `ws` without compression. */
export async function startWsRooms(
  onMessage: (message: Buffer, from: WebSocket, room: ReadonlySet<WebSocket>, name: string) => void,
): Promise<RunningServer> {
  const http = createServer()
  const server = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: false })
  const rooms = new Map<string, Set<WebSocket>>()
  server.on('connection', (socket, { url = '/' }) => {
    const name = url.slice(1)
    const room = rooms.get(name) ?? new Set()
    rooms.set(name, room.add(socket))
    socket.on('message', (message: Buffer) => onMessage(message, socket, room, name))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      room.delete(socket)
      if (room.size === 0) rooms.delete(name)
    })
    socket.send(wsMessage(WELCOME))
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    port: (http.address() as AddressInfo).port,
    close: async () => {
      for (const room of rooms.values()) for (const socket of room) socket.terminate()
      http.close()
      await once(http, 'close')
    },
  }
}
