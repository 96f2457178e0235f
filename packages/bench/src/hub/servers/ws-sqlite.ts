import type { WebSocket } from 'ws'
import { RowStore } from '../floor/row-store.js'
import type { RunningServer, ServerOptions } from '../server-types.js'
import { COUNT, numberAt, STORED, WRITE, wsMessage } from '../ws-messages.js'
import { startWsRooms } from './ws-rooms.js'

const HEADER_BYTES = 9

interface Waiting {
  readonly from: WebSocket
  readonly name: string
  readonly message: Buffer
}

/** The least that stores before it acknowledges: what arrives in one turn of the event loop shares a commit. */
export async function start({ directory }: ServerOptions): Promise<RunningServer> {
  const store = new RowStore(directory)
  let waiting: Waiting[] = []

  const commit = (): void => {
    const batch = waiting
    waiting = []
    store.append(batch.flatMap(rowsOf))
    for (const { from, message } of batch) {
      from.send(wsMessage(STORED, [numberAt(message, 1) - numberAt(message, 0) + 1]))
    }
  }
  const server = await startWsRooms((message, from, _room, name) => {
    if (message[0] === COUNT) from.send(wsMessage(COUNT, [store.countOf(name)]))
    if (message[0] !== WRITE) return
    if (waiting.push({ from, name, message }) === 1) setImmediate(commit)
  })
  return {
    port: server.port,
    close: async () => {
      await server.close()
      store.close()
    },
  }
}

function rowsOf({ name, message }: Waiting) {
  const first = numberAt(message, 0)
  return Array.from({ length: numberAt(message, 1) - first + 1 }, (_, index) => ({
    stream: name,
    number: first + index,
    body: message.subarray(HEADER_BYTES + index, HEADER_BYTES + index + 1),
  }))
}
