import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createRequire, registerHooks } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type WebSocket, WebSocketServer } from 'ws'
import * as Y from 'yjs'
import type { RunningServer, ServerOptions } from '../server-types.js'

interface ServerParts {
  readonly setupWSConnection: (socket: WebSocket, request: IncomingMessage) => void
  readonly setPersistence: (persistence: {
    readonly provider: unknown
    bindState(name: string, doc: Y.Doc): void
    writeState(name: string, doc: Y.Doc): Promise<void>
  }) => void
}

/**
 * The server of y-websocket, in memory. With documents of an earlier one in its directory it reads them when they are
 * asked for; it writes one when everybody has left it.
 */
export async function start({ directory }: ServerOptions): Promise<RunningServer> {
  const { setupWSConnection, setPersistence } = await serverParts()
  const fileOf = (name: string) => join(directory, `${name}.yjs`)
  setPersistence({
    provider: undefined,
    bindState: (name, doc) => {
      if (existsSync(fileOf(name))) Y.applyUpdate(doc, readFileSync(fileOf(name)))
    },
    writeState: async (name, doc) => writeFileSync(fileOf(name), Y.encodeStateAsUpdate(doc)),
  })
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
  sockets.on('connection', (socket, request) => setupWSConnection(socket, request))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    port: (http.address() as AddressInfo).port,
    close: async () => {
      // A document is written when the last one has left it.
      for (const socket of sockets.clients) socket.terminate()
      await new Promise((resolve) => sockets.close(resolve))
      http.close()
      await once(http, 'close')
    },
  }
}

/**
 * The released server names two preliminary versions of Yjs 14 that do not fit together, and fails at the first
 * update. Its code is run with Yjs 13 and the protocol package of that, which its clients have too.
 */
async function serverParts(): Promise<ServerParts> {
  const own = createRequire(import.meta.url)
  const ofClient = createRequire(own.resolve('y-websocket'))
  const hook = registerHooks({
    resolve(specifier, context, next) {
      if (!context.parentURL?.includes('/@y/websocket-server/')) return next(specifier, context)
      const name = specifier.replace(/^@y\/protocols\//, 'y-protocols/')
      if (name === specifier && !/^(yjs$|lib0\/)/.test(specifier)) return next(specifier, context)
      const parentURL =
        name === 'yjs' ? import.meta.url : pathToFileURL(ofClient.resolve('y-protocols/sync')).href
      return next(name, { ...context, parentURL })
    },
  })
  try {
    return (await import('@y/websocket-server/utils')) as unknown as ServerParts
  } finally {
    hook.deregister()
  }
}
