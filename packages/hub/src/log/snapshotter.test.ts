import { describe, expect, it } from 'vitest'
import { memory } from '../storage/memory/memory.js'
import { MemoryDisk } from '../storage/memory/memory-disk.js'
import { EngineWorld, put, replica } from '../tests/engine-world.js'
import { settle } from '../tests/manual-system.js'

const [a, b] = [replica(1), replica(2)]
const KEY = { workspace: 'acme', stream: 'tape:a' }
const snapshots = { minOps: 10, maxOps: 10, settleMs: 5 }

/** Appends ops `from` to `through`, each made on what was there `lag` ops before. */
async function write(world: EngineWorld, from: number, through: number, lag = 0, author = a): Promise<void> {
  const stream = await world.engine.log.registry.open(KEY)
  for (let counter = from; counter <= through; counter++) {
    const head = await world.storage.findStream(KEY)
    const base = Math.max(0, (head?.headSeq ?? 0) - lag)
    const { kind } = await world.engine.log.append(stream, stream.epoch, author, [
      put(author, counter, 'x', base),
    ])
    expect(kind).toBe('ok')
    await world.system.advance(1)
  }
}

const latestSeq = async (world: EngineWorld) => (await world.storage.latestSnapshot(KEY))?.seq ?? 0

describe('snapshots', () => {
  it('are made of what came while one was made, though nothing comes after it', async () => {
    const storage = memory()
    const putSnapshot = storage.putSnapshot.bind(storage)
    storage.putSnapshot = async (key, snapshot) => {
      storage.putSnapshot = putSnapshot
      const ops = Array.from({ length: 90 }, (_, index) => put(a, 1_000 + index, 'x', snapshot.seq))
      const stream = await world.engine.log.registry.open(KEY)
      const [next = 0] = await storage.countersOf(KEY, [a])
      const shifted = ops.map((op, index) => ({ ...op, counter: next + 1 + index }))
      await world.engine.log.append(stream, stream.epoch, a, shifted)
      await putSnapshot(key, snapshot)
    }
    const world = await EngineWorld.start({ storage, snapshots })
    await write(world, 1, 20)
    await world.system.advance(200)
    expect(await latestSeq(world)).toBe((await storage.findStream(KEY))?.headSeq)
  })

  it('of a stream that never rests are made at the likeliest place, and then at a clean one', async () => {
    const world = await EngineWorld.start({ snapshots })
    await write(world, 1, 49, 3)
    expect(await latestSeq(world)).toBe(0)
    await write(world, 50, 80, 3)
    const unclean = await latestSeq(world)
    expect(unclean).toBeGreaterThan(25)
    const joiner = await world.reader('tape:a', 'bob|read:*', b)
    const { snapshot, ops } = joiner.subscribed
    const begins = snapshot?.seq ?? 0
    expect(
      ops.every(({ base }) => base >= begins),
      'nobody is sent one that the tail goes back behind',
    ).toBe(true)
    expect(ops.at(-1)?.seq).toBe(80)
    await world.system.advance(100)
    expect(await latestSeq(world), 'a pause is all it takes').toBe(80)
  })

  it('are not looked for for ever where another hub has begun a new epoch', async () => {
    const disk = new MemoryDisk()
    const other = await EngineWorld.start({ storage: memory({ disk, isShared: true }), snapshots })
    const storage = memory({ disk, isShared: true })
    const read = storage.read.bind(storage)
    let reads = 0
    storage.read = async (range) => {
      const head = reads++ === 0 ? await other.storage.findStream(KEY) : undefined
      if (head) await other.storage.renewEpoch(KEY, head.epoch)
      return read(range)
    }
    const one = await EngineWorld.start({ storage, snapshots })
    await write(one, 1, 2)
    await write(other, 1, 10, 0, b)
    await write(one, 3, 3)
    await one.system.advance(100)
    const before = reads
    expect(before).toBeGreaterThan(0)
    await one.system.advance(1_000)
    expect(reads).toBe(before)
  })

  it('are cut where the ops of other hubs allow it', async () => {
    const disk = new MemoryDisk()
    const [one, other] = [
      await EngineWorld.start({ storage: memory({ disk, isShared: true }), snapshots }),
      await EngineWorld.start({ storage: memory({ disk, isShared: true }), snapshots }),
    ]
    for (let counter = 1; counter <= 15; counter++) {
      await write(one, counter, counter)
      await write(other, counter, counter, 0, b)
    }
    await settle()
    await one.system.advance(50)
    expect(await latestSeq(one)).toBeGreaterThanOrEqual(15)
    const { ops } = (await one.storage.read({
      ...KEY,
      afterSeq: await latestSeq(one),
      limitBytes: 10_000,
    })) ?? {
      ops: [],
    }
    for (const { base } of ops) expect(base).toBeGreaterThanOrEqual(await latestSeq(one))
  })
})
