import { Server } from '@hocuspocus/server'
import type { RunningServer } from '../server-types.js'

/** Hocuspocus as it is by default, without an extension: documents live in memory, and nothing is durable. */
export async function start(): Promise<RunningServer> {
  const server = new Server({
    port: 0,
    address: '127.0.0.1',
    quiet: true,
    stopOnSignals: false,
    // A document that everybody has left stays, as the other servers' do.
    unloadImmediately: false,
    debounce: 3_600_000,
    maxDebounce: 3_600_000,
  })
  await server.listen()
  return { port: server.address.port, close: () => server.destroy() }
}
