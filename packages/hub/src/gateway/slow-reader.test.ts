import { describe, expect, it } from 'vitest'
import type { HubEngineOptions } from './engine.js'
import { EngineWorld, put, replica, type TestPeer } from '../tests/engine-world.js'
import { settle } from '../tests/manual-system.js'

const FEED_BYTES = 4_000
const OP_BYTES = 500

/** A writer, a reader that reads, and one that can be stalled, all with two streams open. */
async function startWorld(options: Partial<HubEngineOptions> = {}) {
  const world = await EngineWorld.start({ limits: { feedBytes: FEED_BYTES }, ...options })
  const writer = await world.reader('note:quiet')
  writer.subscribe('note:a')
  await settle()
  const quick = await world.reader('note:a', 'bob|read:*', replica(2))
  const slow = await world.reader('note:a', 'eve|read:*', replica(3))
  slow.subscribe('note:quiet')
  await settle()
  const { epoch } = writer.subscribed
  let counter = 1
  /** Appends ops one after the other, each told by itself. */
  const write = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      writer.push('note:a', epoch, [put(replica(1), counter, 'x'.repeat(OP_BYTES))])
      counter += OP_BYTES
      await world.system.advance(10)
    }
  }
  return { ...world, world, writer, quick, slow, epoch, write }
}

const told = (peer: TestPeer): number[] => peer.all('feed').flatMap(({ ops }) => ops.map(({ seq }) => seq))

describe('a reader that does not read', () => {
  it('costs the hub a bounded amount, however much is written, and holds nobody up', async () => {
    const { world, quick, slow, write } = await startWorld()
    slow.isStalled = true
    await write(20)
    const unread = world.engine.unreadBytes
    expect(unread).toBeGreaterThan(FEED_BYTES)
    expect(unread).toBeLessThan(FEED_BYTES + 2 * OP_BYTES)
    await write(200)
    expect(world.engine.unreadBytes, 'nothing was added').toBe(unread)
    expect(told(quick)).toEqual(Array.from({ length: 220 }, (_, index) => index + 1))
    expect(slow.isClosed).toBe(false)
  })

  it('is told to pull when it has read what was sent, and follows again', async () => {
    const { slow, epoch, write } = await startWorld()
    slow.isStalled = true
    await write(50)
    slow.read()
    await settle()
    const heard = told(slow)
    const cutAt = heard.findIndex((seq, index) => seq !== index + 1)
    expect(heard.slice(cutAt), 'the latest op alone: a gap').toEqual([50])
    expect(cutAt).toBeLessThan(12)
    slow.say({ type: 'pull', id: slow.nextId(), stream: 'note:a', epoch, afterSeq: cutAt })
    await settle()
    expect(slow.last('pulled').ops.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 50 - cutAt }, (_, index) => cutAt + index + 1),
    )
    await write(2)
    expect(told(slow).slice(cutAt), 'the feed is back').toEqual([50, 51, 52])
  })

  it('is told of ops that were still gathered for the next frame when its feed was cut', async () => {
    const { world, writer, slow, epoch } = await startWorld()
    slow.isStalled = true
    const quiet = writer.all('subscribed')[0]?.results[0]
    const quietEpoch = quiet?.kind === 'ok' ? quiet.epoch : ''
    const push = async (stream: string, of: string, counter: number, bytes: number): Promise<void> => {
      writer.push(stream, of, [put(replica(1), counter, 'x'.repeat(bytes))])
      await settle()
    }
    // The first op is told at once; the second is in the open window when another stream fills what may wait.
    await push('note:a', epoch, 1, 1)
    await push('note:a', epoch, 2, 1)
    await push('note:quiet', quietEpoch, 1, 2 * FEED_BYTES)
    expect([...slow.rooms]).toEqual([])
    await world.system.advance(100)
    slow.read()
    await settle()
    const feeds = slow.all('feed').filter(({ stream }) => stream === 'note:a')
    expect(feeds.flatMap(({ ops }) => ops.map(({ seq }) => seq))).toEqual([1, 2])
  })

  it('gets no answers piled up either: its reads wait, and too many of them are refused', async () => {
    const { world, slow, epoch, write } = await startWorld()
    await write(10)
    slow.isStalled = true
    const ids = Array.from({ length: 300 }, () => {
      const id = slow.nextId()
      slow.say({ type: 'pull', id, stream: 'note:a', epoch, afterSeq: 0 })
      return id
    })
    await settle()
    expect(world.engine.unreadBytes, 'one answer, and the refusals').toBeLessThan(2 * FEED_BYTES + 300 * 100)
    slow.read()
    await world.system.advance(0)
    const answered = slow.all('pulled').map(({ id }) => id)
    const refused = slow.all('refused')
    expect(refused.every(({ error }) => error.code === 'hub/overloaded' && error.retryAfterMs > 0)).toBe(true)
    expect([...answered, ...refused.map(({ id }) => id)].sort((a, b) => a - b)).toEqual(ids)
    expect(answered).toHaveLength(256)
  })

  it('keeps its feed while nothing but a large answer of its own waits', async () => {
    const { slow, epoch, write } = await startWorld()
    await write(20)
    slow.isStalled = true
    for (let i = 0; i < 2; i++) {
      slow.say({ type: 'pull', id: slow.nextId(), stream: 'note:a', epoch, afterSeq: 0 })
      await settle()
    }
    expect(slow.unreadBytes, 'one answer, above the limit').toBeGreaterThan(20 * OP_BYTES)
    expect(slow.unreadBytes).toBeLessThan(40 * OP_BYTES)
    expect([...slow.rooms]).toContain('note:a')
    await write(1)
    expect([...slow.rooms], 'what is fed now would wait behind it').toEqual([])
    slow.read()
    await settle()
    expect(slow.all('pulled')).toHaveLength(2)
    expect([...slow.rooms]).toContain('note:a')
  })

  it('may not make large requests wait in the memory of the hub', async () => {
    const { slow, write } = await startWorld({ limits: { feedBytes: FEED_BYTES, frameBytes: 10_000 } })
    slow.isStalled = true
    await write(20)
    const streams = Array.from({ length: 60 }, (_, index) => `note:${'x'.repeat(100)}${index}`)
    for (let i = 0; i < 10; i++) slow.say({ type: 'unsubscribe', id: slow.nextId(), streams })
    slow.read()
    await settle()
    expect(slow.all('unsubscribed')).toHaveLength(1)
    expect(slow.all('refused').map(({ error }) => error.code)).toEqual(Array(9).fill('hub/overloaded'))
  })

  it('gets the feed of streams that it opened while its feed was cut', async () => {
    let release: () => void = () => undefined
    const { world, slow, writer, write } = await startWorld()
    const findStream = world.storage.countersOf.bind(world.storage)
    world.storage.countersOf = async (...args) => {
      await new Promise<void>((resolve) => (release = resolve))
      return findStream(...args)
    }
    const { epoch } = writer.subscribed
    slow.subscribe('note:b', { outbox: [{ replica: replica(3), from: 1, through: 1 }] })
    await settle()
    slow.isStalled = true
    await write(20)
    release()
    await settle()
    writer.subscribe('note:b')
    await settle()
    writer.push('note:b', writer.subscribed.epoch, [put(replica(1), 1, 'b')])
    await settle()
    expect(writer.subscribed.epoch).not.toBe(epoch)
    slow.read()
    await settle()
    expect(slow.all('feed').filter(({ stream }) => stream === 'note:b')).toHaveLength(1)
  })

  it('asks the storage about no stream that did not move', async () => {
    const { world, slow, write } = await startWorld()
    const asked: string[] = []
    const find = world.storage.findStream.bind(world.storage)
    world.storage.findStream = (key) => {
      asked.push(key.stream)
      return find(key)
    }
    slow.isStalled = true
    await write(20)
    slow.read()
    await settle()
    expect(asked).toEqual(['note:a'])
  })

  it('is told of another epoch that began while its feed was cut', async () => {
    const { world, slow, epoch, write } = await startWorld()
    slow.isStalled = true
    await write(20)
    await world.engine.log.truncate({ workspace: 'acme', stream: 'note:a' })
    slow.read()
    await settle()
    expect(slow.all('feed').at(-1)?.epoch).toMatch(/^[0-9a-f]{16}$/)
    expect(slow.all('feed').at(-1)?.epoch).not.toBe(epoch)
  })

  it('is not told what it may not read any longer', async () => {
    const { slow, write } = await startWorld()
    slow.isStalled = true
    await write(20)
    slow.say({ type: 'renew', id: slow.nextId(), token: 'eve|read:other' })
    await settle()
    slow.read()
    await settle()
    expect(told(slow).at(-1)).toBeLessThan(20)
    await write(1)
    expect(told(slow).at(-1)).toBeLessThan(20)
  })

  it('leaves nothing behind when it goes', async () => {
    const { world, slow, epoch, write } = await startWorld()
    slow.isStalled = true
    await write(20)
    slow.say({ type: 'pull', id: slow.nextId(), stream: 'note:a', epoch, afterSeq: 0 })
    slow.hangUp()
    await settle()
    expect(world.engine.unreadBytes).toBe(0)
    expect(world.engine.connectionCount).toBe(2)
  })

  it('goes on when the storage fails as it is told', async () => {
    const { world, slow, write } = await startWorld()
    slow.isStalled = true
    await write(20)
    const find = world.storage.findStream.bind(world.storage)
    world.storage.findStream = () => Promise.reject(new Error('the storage is away'))
    slow.read()
    await settle()
    world.storage.findStream = find
    await write(1)
    expect(told(slow).at(-1)).toBe(21)
  })
})
