import { decodeHubMessage } from '@flowsync/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { LogDriver } from '../storage/driver.js'
import { memory } from '../storage/memory/memory.js'
import { MemoryDisk } from '../storage/memory/memory-disk.js'
import { EngineWorld, put, replica, streams, type TestPeer } from '../tests/engine-world.js'
import { settle } from '../tests/manual-system.js'
import type { FeedNotice } from './broadcast.js'

const [ada, bob] = [replica(1), replica(2)]

let disk: MemoryDisk
let sent: FeedNotice[]
let asked: number[]
let here: EngineWorld
let there: EngineWorld
let epoch: string
let counter: number

/** An engine on the common disk; what it would send to the other is kept. */
async function hub(): Promise<EngineWorld> {
  const storage = memory({ disk, isShared: true })
  const positionsOf = storage.positionsOf.bind(storage)
  storage.positionsOf = (keys) => {
    asked.push(keys.length)
    return positionsOf(keys)
  }
  return EngineWorld.start({ storage, link: { send: (notice) => void sent.push(notice) } })
}

/** Another hub stores ops. */
async function store(stream: string, count: number, text = 'x', base = 0): Promise<void> {
  for (let i = 0; i < count; i++) {
    writer.push(stream, epoch, [put(bob, counter, text, base)])
    counter += text.length
    await settle()
    expect(writer.refusal).toBe(undefined)
  }
  // What is gathered for the next frame.
  await there.system.advance(10)
}

let writer: TestPeer
let reader: TestPeer

beforeEach(async () => {
  disk = new MemoryDisk()
  sent = []
  asked = []
  counter = 1
  here = await hub()
  there = await hub()
  reader = await here.reader('note:a', 'ada|write:*', ada)
  writer = await there.reader('note:a', 'bob|write:*', bob)
  epoch = reader.subscribed.epoch
  expect(writer.subscribed.epoch).toBe(epoch)
})

function heard(peer = reader): number[] {
  return peer.all('feed').flatMap(({ ops }) => ops.map(({ seq }) => seq))
}

describe('a hub that does not hear others', () => {
  it('finds what they stored within 2 s, and tells its readers each op once', async () => {
    await store('note:a', 3)
    await here.system.advance(1_999)
    expect(heard()).toEqual([])
    await here.system.advance(1)
    expect(heard()).toEqual([1, 2, 3])
    await here.system.advance(20_000)
    expect(heard()).toEqual([1, 2, 3])
    expect(here.engine.cluster).toEqual({ isLinked: false, fromLink: 0, fromStorage: 1 })
  })

  it('asks once for all streams, and for none that nobody here follows', async () => {
    const second = await here.reader('note:b')
    await here.reader('note:a', 'eve|read:*', replica(3))
    await there.reader('note:c')
    asked = []
    await here.system.advance(2_000)
    expect(asked).toEqual([2])
    second.hangUp()
    for (const peer of here.peers) peer.hangUp()
    await here.system.advance(10_000)
    expect(asked).toEqual([2])
  })

  it('tells nothing that it told already, and nothing to those who hear it from their own hub', async () => {
    await store('note:a', 2)
    await there.system.advance(10_000)
    expect(heard(writer)).toEqual([1, 2])
  })

  it('tells whoever misses much to pull: one op, not all of them', async () => {
    await store('note:a', 40, 'x'.repeat(10_000))
    await here.system.advance(2_000)
    expect(heard()).toEqual([40])
  })

  it('bounds what a round sends, whatever the number of streams', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `note:s${i}`)
    for (const name of names) {
      reader.subscribe(name)
      writer.subscribe(name)
      await settle()
      epoch = writer.subscribed.epoch
      counter = 1
      await store(name, 5, 'x'.repeat(50_000))
    }
    await here.system.advance(2_000)
    const feeds = reader.all('feed').filter(({ stream }) => stream.startsWith('note:s'))
    const bytes = feeds.reduce(
      (sum, { ops }) => sum + ops.reduce((inner, { body }) => inner + body.length, 0),
      0,
    )
    expect(bytes).toBeLessThan(9 * 1024 * 1024)
    for (const name of names) {
      expect(
        feeds
          .filter(({ stream }) => stream === name)
          .at(-1)
          ?.ops.at(-1)?.seq,
      ).toBe(5)
    }
  })

  it('tells of another epoch, so that readers subscribe again', async () => {
    await store('note:a', 2)
    await here.system.advance(2_000)
    const renewed = await there.storage.renewEpoch({ workspace: 'acme', stream: 'note:a' }, epoch)
    await here.system.advance(2_000)
    expect(reader.last('feed').epoch).toBe(renewed?.epoch)
    reader.subscribe('note:a', { epoch: renewed?.epoch ?? '', seq: 2 })
    await settle()
    expect(reader.subscribed).toMatchObject({ epoch: renewed?.epoch, headSeq: 2 })
  })

  it('tells of a log that another hub truncated, of which no op is left to be told', async () => {
    await store('note:a', 2)
    await here.system.advance(2_000)
    const head = await there.engine.log.truncate({ workspace: 'acme', stream: 'note:a' })
    expect(head).toMatchObject({ truncatedSeq: 2 })
    await here.system.advance(2_000)
    expect(reader.last('feed').epoch).toBe(head?.epoch)
    reader.subscribe('note:a', { epoch, seq: 2 })
    await settle()
    expect(reader.subscribed).toMatchObject({ epoch: head?.epoch, headSeq: 2, snapshot: { seq: 2 } })
    epoch = head?.epoch ?? ''
    await store('note:a', 1, 'x', 2)
    await here.system.advance(2_000)
    expect(heard().at(-1)).toBe(3)
  })

  it('goes on when the storage fails for a while, and says so once', async () => {
    const logged: string[] = []
    const log = (_fields: unknown, message: string): void => void logged.push(message)
    const storage = memory({ disk, isShared: true })
    const world = await EngineWorld.start({
      storage,
      logger: { debug() {}, info: log, warn: log, error: log },
    })
    const peer = await world.reader('note:a', 'eve|read:*', replica(9))
    const { positionsOf } = storage
    storage.positionsOf = () => Promise.reject(new Error('no answer'))
    await store('note:a', 1)
    await world.system.advance(10_000)
    storage.positionsOf = positionsOf.bind(storage)
    await world.system.advance(2_000)
    expect(heard(peer)).toEqual([1])
    expect(logged).toEqual(['the storage cannot be asked for news', 'the storage can be asked again'])
  })
})

describe('a hub that hears others', () => {
  beforeEach(async () => {
    here.engine.setLinked(true)
    await settle()
    await here.system.advance(300)
  })

  it('passes on what comes, and finds nothing new in the storage', async () => {
    await store('note:a', 3)
    for (const notice of sent) here.engine.receive(notice)
    await here.system.advance(20_000)
    expect(heard()).toEqual([1, 2, 3])
    expect(here.engine.cluster).toEqual({ isLinked: true, fromLink: sent.length, fromStorage: 0 })
  })

  it('still finds what a hub stored that cannot publish, and tells the latest op of it', async () => {
    await store('note:a', 3)
    await here.system.advance(2_300)
    expect(heard()).toEqual([3])
  })

  it('waits a moment for what is on its way', async () => {
    await here.system.advance(1_690)
    await store('note:a', 1)
    await here.system.advance(20)
    for (const notice of sent.splice(0)) here.engine.receive(notice)
    await here.system.advance(10_000)
    expect(heard()).toEqual([1])
    expect(here.engine.cluster.fromStorage).toBe(0)
  })

  it('covers the gap at once when the link comes back', async () => {
    here.engine.setLinked(false)
    await here.system.advance(500)
    await store('note:a', 2)
    here.engine.setLinked(true)
    await here.system.advance(300)
    expect(heard()).toEqual([2])
  })

  it('does not take an op of another epoch for something of this one', async () => {
    await store('note:a', 1)
    const [notice] = sent
    if (!notice) throw new Error('unreachable')
    here.engine.receive({ ...notice, epoch: 'ffffffffffffffff', seq: 99 })
    await here.system.advance(2_300)
    expect(heard()).toEqual([1, 1])
  })
})

it('a hub that is alone on its storage never asks', async () => {
  const storage: LogDriver = memory()
  let looks = 0
  storage.positionsOf = () => Promise.resolve([]).finally(() => looks++)
  const world = await EngineWorld.start({ storage, streams })
  await world.reader('note:a')
  await world.system.advance(20_000)
  world.engine.setLinked(true)
  await settle()
  expect([looks, world.system.timerCount]).toEqual([0, 0])
})

it('every frame says how far it goes', async () => {
  await store('note:a', 2)
  for (const { frame, ...end } of sent) {
    const message = decodeHubMessage(frame)
    if (message.type !== 'feed') throw new Error('unreachable')
    expect(end).toEqual({
      workspace: 'acme',
      stream: message.stream,
      epoch: message.epoch,
      seq: message.ops.at(-1)?.seq,
    })
  }
  expect(sent).not.toEqual([])
})
