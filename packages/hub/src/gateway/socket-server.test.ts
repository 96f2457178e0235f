import { PROTOCOL_VERSION } from '@flowsync/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { ChildHub } from '../tests/child-hub-process.js'
import { put, replica } from '../tests/engine-world.js'
import { RawPeer } from '../tests/raw-peer.js'
import { tokenFor } from '../tests/test-hub.js'
import type { HubLimits } from '../limit/limits.js'

let hub: ChildHub
const peers: RawPeer[] = []

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close()
  await hub.end()
})

async function connect(): Promise<RawPeer> {
  const peer = await RawPeer.connect({ port: Number(new URL(hub.url).port), host: '127.0.0.1' })
  peers.push(peer)
  return peer
}

async function greet(peer: RawPeer): Promise<void> {
  peer.say({
    type: 'hello',
    id: 1,
    version: PROTOCOL_VERSION,
    replica: replica(1),
    adopted: [],
    token: await tokenFor('ada'),
    client: 'raw',
  })
  expect(await peer.answer(1)).toMatchObject({ type: 'welcome' })
}

async function join(limits: Partial<HubLimits> = {}): Promise<RawPeer> {
  hub = await ChildHub.start({ limits })
  const peer = await connect()
  await greet(peer)
  return peer
}

async function open(peer: RawPeer): Promise<string> {
  const cursor = { stream: 'note:a', rule: 'tape', ruleVersion: 1, epoch: '', seq: 0, outbox: [] }
  peer.say({ type: 'subscribe', id: 2, streams: [cursor] })
  const answer = await peer.answer(2)
  const [result] = answer.type === 'subscribed' ? answer.results : []
  if (result?.kind !== 'ok') throw new Error(`refused: ${JSON.stringify(answer)}`)
  return result.epoch
}

async function untilConnections(count: number): Promise<void> {
  while ((await hub.stats()).connections !== count);
}

describe('a connection whose other end', () => {
  const heartbeat = { pingIntervalMs: 100, pingTimeoutMs: 100 }

  it('says nothing any more is closed', async () => {
    const [dead, alive] = [await join(heartbeat), await connect()]
    await greet(alive)
    await untilConnections(2)
    dead.fallSilent()
    await dead.gone
    await untilConnections(1)
  })

  it('neither reads nor answers is closed, and what waited for it is let go', async () => {
    const peer = await join({ ...heartbeat, feedBytes: 1_000_000 })
    const epoch = await open(peer)
    peer.stall()
    // More than the kernel takes on the way to a socket that nobody reads.
    const text = 'x'.repeat(1_000_000)
    for (let i = 0; i < 12; i++) {
      const ops = [put(replica(1), i * text.length + 1, text)]
      peer.say({ type: 'push', id: 3 + i, batches: [{ stream: 'note:a', epoch, ops }] })
    }
    await untilConnections(0)
    while ((await hub.stats()).sockets > 0);
  })
})

describe('a connection that nobody knows yet', () => {
  /** The beginning of a frame of 9 MB, masked with zeros. */
  const large = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 0])

  it('cannot make the hub hold a large frame', async () => {
    hub = await ChildHub.start({ limits: { helloTimeoutMs: 60_000 } })
    const peer = await connect()
    await untilConnections(1)
    peer.writeRaw(large)
    peer.writeRaw(new Uint8Array(1024 * 1024))
    await peer.gone
    await untilConnections(0)
  })

  it('may send large frames once it was welcomed', async () => {
    const peer = await join()
    const epoch = await open(peer)
    const ops = [put(replica(1), 1, 'x'.repeat(3 * 1024 * 1024))]
    peer.say({ type: 'push', id: 3, batches: [{ stream: 'note:a', epoch, ops }] })
    expect(await peer.answer(3)).toMatchObject({ results: [{ kind: 'ok', seqs: [1] }] })
  })
})
