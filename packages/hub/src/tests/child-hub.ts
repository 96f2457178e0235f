import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { decodeHubMessage } from '@flowsync/protocol'
import { jwtAuth } from '../auth/jwt-auth.js'
import type { HubConnection } from '../gateway/hub-connection.js'
import { createHubEngine, type HubEngine } from '../gateway/engine.js'
import { SocketServer } from '../gateway/socket-server.js'
import { resolveLimits } from '../limit/limits.js'
import { silentLogger } from '../logging/logger.js'
import type { LogDriver } from '../storage/driver.js'
import { memory } from '../storage/memory/memory.js'
import { sqlite } from '../storage/sqlite/sqlite.js'
import type { ChildHubOptions, ChildHubStats } from './child-hub-process.js'
import { streams } from './engine-world.js'
import { SECRET } from './test-hub.js'

// A hub as a process of its own, put together so that it can be looked into and killed at an exact point.
const options = JSON.parse(process.argv[2] ?? '{}') as ChildHubOptions

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  // The signal is on its way; nothing may happen until it is here.
  for (;;);
}

/** Counts appends that hold the text, and dies at the one that was asked for. */
function killing(storage: LogDriver): LogDriver {
  const append = storage.append.bind(storage)
  storage.append = async (batches) => {
    const isIt = batches.some(({ ops }) =>
      ops.some(({ body }) => Buffer.from(body).toString() === options.fatalText),
    )
    if (isIt && options.killAt === 'before-commit') die()
    const outcomes = await append(batches)
    if (isIt && options.killAt === 'after-commit') die()
    isFatalStored ||= isIt
    return outcomes
  }
  return storage
}

let isFatalStored = false

/** A peer whose hub dies when the answer to the fatal push is handed over to it. */
function killingPeer(peer: HubConnection): HubConnection {
  const send = peer.send.bind(peer)
  peer.send = (frame) => {
    if (isFatalStored && decodeHubMessage(frame).type === 'pushed') die()
    send(frame)
  }
  return peer
}

function killingEngine(engine: HubEngine): HubEngine {
  if (options.killAt !== 'before-ack') return engine
  return { ...engine, accept: (workspace, peer) => engine.accept(workspace, killingPeer(peer)) }
}

const limits = resolveLimits(options.limits)
const http = createServer()
const sockets = new SocketServer({ http, limits, logger: silentLogger })
const storage = killing(options.db === undefined ? memory() : sqlite(options.db))
await storage.open()
const engine = createHubEngine({
  storage,
  streams,
  limits,
  auth: jwtAuth({ secret: SECRET }),
  broadcast: sockets,
  fanoutWindowMs: options.fanoutWindowMs,
})
sockets.serve(killingEngine(engine))

let openSockets = 0
http.on('connection', (socket) => {
  openSockets++
  socket.once('close', () => openSockets--)
  // Peers on a Unix socket have no address.
  if (options.path !== undefined) Object.defineProperty(socket, 'remoteAddress', { value: '127.0.0.1' })
})
http.listen(options.path ?? 0, () => {
  const address = http.address()
  const url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : ''
  process.send?.({ url })
})

process.on('message', () => {
  globalThis.gc?.()
  const stats: ChildHubStats = {
    unreadBytes: engine.unreadBytes,
    connections: engine.connectionCount,
    sockets: openSockets,
    rssBytes: process.memoryUsage.rss(),
  }
  process.send?.(stats)
})
process.on('disconnect', () => {
  if (options.path !== undefined) rmSync(options.path, { force: true })
  process.exit(0)
})
