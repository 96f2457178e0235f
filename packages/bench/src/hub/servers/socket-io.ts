import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import type { RunningServer } from '../server-types.js'

interface Document {
  text: string
  version: number
}

/** Socket.io with its own parser and rooms, and a text per room in memory, as the guides show it. */
export async function start(): Promise<RunningServer> {
  const http = createServer()
  const io = new Server(http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
  })
  const documents = new Map<string, Document>()
  const documentOf = (name: string): Document => {
    const document = documents.get(name) ?? { text: '', version: 0 }
    documents.set(name, document)
    return document
  }
  io.on('connection', (socket) => {
    socket.on('join', (name: string, have: number, answer: (version: number, text?: string) => void) => {
      const { text, version } = documentOf(name)
      void socket.join(name)
      if (have === version) answer(version)
      else answer(version, text)
    })
    socket.on('edit', (name: string, number: number, insert: string) => {
      io.to(name).emit('edit', number, insert)
    })
    socket.on('write', (name: string, _number: number, insert: string, answer: () => void) => {
      const document = documentOf(name)
      document.text += insert
      document.version++
      answer()
    })
    socket.on('fill', (name: string, text: string, answer: () => void) => {
      documents.set(name, { text, version: 1 })
      answer()
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return { port: (http.address() as AddressInfo).port, close: () => io.close() }
}
