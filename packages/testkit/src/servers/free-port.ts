import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { FlowSyncError } from '@flowsync/crdt'

/** Below those that systems give to outgoing connections: a server that is started again finds its port as it left it. */
const LOWEST_PORT = 20_000
const HIGHEST_PORT = 32_000
const ATTEMPTS = 100

/** A port on 127.0.0.1 where nobody listens now. Another process may take it before it is used. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT)
    if (await isFree(port)) return port
  }
  throw new FlowSyncError(
    'config/port-in-use',
    `There is no free port from ${LOWEST_PORT} to ${HIGHEST_PORT}.`,
  )
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch {
    // Somebody listens there, or it may not be used.
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
