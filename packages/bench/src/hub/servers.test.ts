import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClientOptions, RawClient } from './client.js'
import { partsOf, peerNames, type PeerName } from './peers.js'
import type { RunningServer } from './server-types.js'
import { Trouble } from './settle.js'

let directory: string
let server: RunningServer | undefined
let clients: RawClient[]
let trouble: Trouble

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowsync-bench-test-'))
  clients = []
  trouble = new Trouble()
})

afterEach(async () => {
  for (const client of clients) client.close()
  await server?.close()
  server = undefined
  rmSync(directory, { recursive: true })
})

/** Starts a peer's server, and gives what joins it. */
async function serve(peer: PeerName) {
  const parts = partsOf(peer)
  server = await parts.server?.().then(({ start }) => start({ directory }))
  const open = await parts.client?.().then((client) => client.open)
  const url = `http://127.0.0.1:${server?.port}`
  return async (options: Partial<ClientOptions> = {}): Promise<RawClient> => {
    if (!open) throw new Error(`${peer} has no client`)
    const client = open({
      url,
      document: 'd',
      author: clients.length + 1,
      onFailure: trouble.report,
      ...options,
    })
    clients.push(client)
    await trouble.during('joining', 10_000, client.ready)
    return client
  }
}

/** Resolves when the callback it gives was called, with what. */
function heard<Args extends readonly unknown[]>() {
  let resolve: (args: Args) => void = () => undefined
  const promise = new Promise<Args>((settle) => (resolve = settle))
  return { promise, callback: (...args: Args) => resolve(args) }
}

const withServer = peerNames.filter((peer) => partsOf(peer).server !== undefined)
const broadcasting = withServer.filter((peer) => peer !== 'ws+sqlite')

describe.each(broadcasting)('%s', (peer) => {
  it('delivers an edit to another client', async () => {
    const join = await serve(peer)
    const writer = await join()
    const edits = heard<[first: number, through: number]>()
    await join({ onEdits: edits.callback })
    writer.send(1, 1)
    expect(await trouble.during('the delivery', 10_000, edits.promise)).toEqual([1, 1])
  })
})

describe.each(['flowsync', 'ws+sqlite', 'socket.io', 'hocuspocus'] as const)('%s', (peer) => {
  it('acknowledges a write, and counts what it stored', async () => {
    const join = await serve(peer)
    const acknowledged = heard<[count: number]>()
    const writer = await join({ onAcknowledged: acknowledged.callback })
    writer.send(1, 1)
    expect(await trouble.during('the acknowledgement', 10_000, acknowledged.promise)).toEqual([1])
    if (writer.stored) expect(await writer.stored()).toBe(1)
  })
})

describe.each(['flowsync', 'socket.io', 'hocuspocus', 'y-websocket'] as const)('%s', (peer) => {
  it('gives a document to who has nothing, and next to nothing to who has it', async () => {
    const join = await serve(peer)
    const writer = await join()
    const insert = 'A text that is long enough to tell who gets it. '.repeat(10)
    await writer.fill?.([
      { position: 0, deleteCount: 0, insert },
      { position: 0, deleteCount: 2, insert: 'The ' },
    ])
    const empty = await join()
    expect(empty.text?.()).toBe(`The ${insert.slice(2)}`)
    const current = await join({ have: empty.version() })
    expect((current.joinedBytes?.() ?? 0) * 10).toBeLessThan(empty.joinedBytes?.() ?? 0)
  })
})
