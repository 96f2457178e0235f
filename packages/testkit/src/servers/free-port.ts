import { once } from 'node:events'
import { createServer } from 'node:net'
import { FlowSyncError } from '@flowsync/crdt'

/** A port on which nobody listens now. Another process may take it before it is used. */
export async function findFreePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string')
    throw new FlowSyncError('config/port-in-use', 'There is no free port.')
  return address.port
}
