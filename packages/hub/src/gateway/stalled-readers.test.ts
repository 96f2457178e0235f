import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROTOCOL_VERSION } from '@flowsync/protocol'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ChildHub } from '../tests/child-hub-process.js'
import { put, replica } from '../tests/engine-world.js'
import { RawPeer } from '../tests/raw-peer.js'
import { tokenFor } from '../tests/test-hub.js'

const STALLED = 1_000
const FEED_BYTES = 64 * 1024
const STREAM = 'note:a'
const MB = 1024 * 1024

let folder: string
let hub: ChildHub
let peers: RawPeer[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowsync-stalled-'))
  peers = []
})
afterEach(async () => {
  for (const peer of peers) peer.close()
  await hub.end()
  await rm(folder, { recursive: true })
})

/** A peer with the stream open; the kernel takes little for a Unix socket, so that what waits does so in the hub. */
async function joined(
  path: string,
  token: string,
  number: number,
): Promise<{ peer: RawPeer; epoch: string }> {
  const peer = await RawPeer.connect({ path })
  peers.push(peer)
  peer.say({
    type: 'hello',
    id: 1,
    version: PROTOCOL_VERSION,
    replica: replica(number),
    adopted: [],
    token,
    client: 'raw',
  })
  const cursor = { stream: STREAM, rule: 'tape', ruleVersion: 1, epoch: '', seq: 0, outbox: [] }
  peer.say({ type: 'subscribe', id: 2, streams: [cursor] })
  const answer = await peer.answer(2)
  const [result] = answer.type === 'subscribed' ? answer.results : []
  if (result?.kind !== 'ok') throw new Error(`refused: ${JSON.stringify(answer)}`)
  return { peer, epoch: result.epoch }
}

/** The seqs that a peer has, as a client folds them: what continues, from feeds and pulls. */
function progressOf(peer: RawPeer): { readonly seq: number; readonly headSeq: number } {
  let seq = 0
  let headSeq = 0
  for (const message of peer.heard) {
    if (message.type !== 'feed' && message.type !== 'pulled') continue
    for (const op of message.ops) {
      headSeq = Math.max(headSeq, op.seq)
      if (op.seq === seq + 1) seq = op.seq
    }
  }
  return { seq, headSeq }
}

async function catchUp(peer: RawPeer, epoch: string, headSeq: number): Promise<void> {
  await peer.until(() => progressOf(peer).headSeq === headSeq)
  for (let id = 100; progressOf(peer).seq < headSeq; id++) {
    peer.say({ type: 'pull', id, stream: STREAM, epoch, afterSeq: progressOf(peer).seq })
    await peer.answer(id)
  }
}

it('a thousand readers that do not read cost the hub a bounded amount of memory, and nobody else a frame', async () => {
  const path = join(folder, 'hub.sock')
  const limits = { feedBytes: FEED_BYTES }
  hub = await ChildHub.start({ path, limits, fanoutWindowMs: 1 })
  const token = await tokenFor('ada')
  const { peer: writer, epoch } = await joined(path, token, 1)
  const { peer: reader } = await joined(path, token, 2)
  const stalled: RawPeer[] = []
  for (let number = 0; number < STALLED; number++) {
    const { peer } = await joined(path, token, 3 + number)
    peer.stall()
    stalled.push(peer)
  }

  let counter = 0
  const text = 'x'.repeat(150)
  const write = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const ops = [put(replica(1), counter * text.length + 1, text)]
      const id = 10 + ++counter
      writer.say({ type: 'push', id, batches: [{ stream: STREAM, epoch, ops }] })
      expect(await writer.answer(id)).toMatchObject({ results: [{ kind: 'ok', seqs: [counter] }] })
    }
  }

  // Until the kernel takes no more and the hub has cut the last of them.
  let unread = -1
  for (;;) {
    await write(50)
    const { unreadBytes } = await hub.stats()
    if (unreadBytes === unread && unread > STALLED * FEED_BYTES) break
    unread = unreadBytes
  }
  expect(unread).toBeLessThan(STALLED * (FEED_BYTES + 1024))
  const before = await hub.stats()

  await write(1_500)
  const after = await hub.stats()
  expect(after.connections, 'nobody was cut off').toBe(STALLED + 2)
  expect(after.unreadBytes).toBe(unread)
  // The bytes of a frame are shared by all who wait for it; what each costs beside them adds up to 90 MB here.
  expect(after.rssBytes - before.rssBytes).toBeLessThan(30 * MB)

  await reader.until(() => progressOf(reader).headSeq === counter)
  expect(progressOf(reader).seq, 'the other reader got everything from the feed').toBe(counter)

  const sample = stalled.slice(0, 20)
  for (const peer of sample) peer.read()
  await Promise.all(sample.map((peer) => catchUp(peer, epoch, counter)))
  await write(1)
  await Promise.all(sample.map((peer) => peer.until(() => progressOf(peer).seq === counter)))
}, 120_000)
