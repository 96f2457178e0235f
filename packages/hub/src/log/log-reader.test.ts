import { describe, expect, it } from 'vitest'
import type { LogDriver } from '../storage/driver.js'
import { memory } from '../storage/memory/memory.js'
import { MemoryDisk } from '../storage/memory/memory-disk.js'
import { EngineWorld, put, replica, type TestPeer } from '../tests/engine-world.js'
import { settle } from '../tests/manual-system.js'

const [a, b] = [replica(1), replica(2)]
const KEY = { workspace: 'acme', stream: 'tape:a' }
const snapshots = { minOps: 10, maxOps: 10, settleMs: 5 }

async function writeLetters(
  world: EngineWorld,
  peer: TestPeer,
  from: number,
  through: number,
): Promise<void> {
  const { epoch, stream } = peer.subscribed
  for (let counter = from; counter <= through; counter++) {
    const head = await world.storage.findStream({ workspace: 'acme', stream })
    peer.push(stream, epoch, [put(a, counter, 'x', head?.headSeq)])
    await world.system.advance(1)
  }
  await world.system.advance(50)
}

async function subscribe(
  world: EngineWorld,
  cursor: Parameters<TestPeer['subscribe']>[1],
  stream = 'tape:a',
) {
  const peer = await world.join('bob|write:*', b)
  peer.subscribe(stream, cursor)
  await settle()
  return peer.subscribed
}

/** Empties a storage under the hub, as dropping its tables would. */
async function lose(storage: LogDriver, isShared: boolean): Promise<void> {
  const empty = memory({ isShared })
  await empty.open()
  storage.openStream = (creation) => empty.openStream(creation)
  storage.findStream = (key) => empty.findStream(key)
  storage.append = (batches) => empty.append(batches)
  storage.read = (range) => empty.read(range)
  storage.countersOf = (key, replicas) => empty.countersOf(key, replicas)
  storage.latestSnapshot = (key, atOrBelow) => empty.latestSnapshot(key, atOrBelow)
}

describe('a reader', () => {
  it('below the floor gets a snapshot and the tail behind it, unless it holds ops that merge from there only', async () => {
    const world = await EngineWorld.start({ snapshots })
    const author = await world.reader('tape:a')
    const { epoch } = author.subscribed
    await writeLetters(world, author, 1, 60)
    await world.storage.compact(KEY, epoch, 40)
    // Nothing told this hub: it learns from the storage.
    const below = await subscribe(world, { epoch, seq: 30 })
    expect(below.snapshot?.seq).toBeGreaterThanOrEqual(50)
    expect(below.ops[0]?.seq ?? 61).toBe((below.snapshot?.seq ?? 0) + 1)
    expect(below.ops.at(-1)?.seq ?? below.snapshot?.seq).toBe(60)

    const above = await subscribe(world, { epoch, seq: 40 })
    expect([above.snapshot, above.ops.length]).toEqual([undefined, 20])

    const outbox = [{ replica: b, from: 1, through: 4 }]
    const pending = await subscribe(world, { epoch, seq: 30, outbox })
    expect([pending.snapshot, pending.ops.length]).toEqual([undefined, 30])

    const stored = [{ replica: a, from: 58, through: 60 }]
    const settled = await subscribe(world, { epoch, seq: 30, outbox: stored })
    expect(settled.snapshot, 'its ops are in').toBeDefined()

    const behind = await subscribe(world, { epoch, seq: 30, rebuildBelow: 12 })
    expect(behind.snapshot?.seq ?? 0).toBeLessThanOrEqual(12)
    expect(behind.ops.at(-1)?.seq, 'history is read across the floor').toBe(60)
  })

  it('far behind gets a snapshot in place of a tail that is much larger', async () => {
    const world = await EngineWorld.start({ snapshots: { minOps: 1_000, maxOps: 1_000, settleMs: 5 } })
    const author = await world.reader('tape:a')
    const { epoch } = author.subscribed
    for (let batch = 0; batch < 30; batch++) {
      const head = await world.storage.findStream(KEY)
      const ops = Array.from({ length: 100 }, (_, index) =>
        put(a, batch * 100 + index + 1, 'x', head?.headSeq),
      )
      author.push('tape:a', epoch, ops)
      await world.system.advance(20)
    }
    const far = await subscribe(world, { epoch, seq: 100 })
    expect(far.snapshot?.seq).toBeGreaterThanOrEqual(2_000)
    const near = await subscribe(world, { epoch, seq: 1_500 })
    expect([near.snapshot, near.ops.length]).toEqual([undefined, 1_500])
  })

  it('begins with an older snapshot where the log goes back behind the latest one, in one answer', async () => {
    const world = await EngineWorld.start({ snapshots })
    const author = await world.reader('tape:a')
    const { epoch } = author.subscribed
    await writeLetters(world, author, 1, 60)
    const late = await world.join('cleo|write:*', replica(3))
    late.push('tape:a', epoch, [put(replica(3), 1, 'late', 33)])
    await settle()
    for (let round = 0; round < 2; round++) {
      const joiner = await subscribe(world, {})
      expect(joiner.snapshot?.seq ?? 0).toBeLessThanOrEqual(33)
      expect(joiner.ops.at(-1)?.seq).toBe(61)
    }
  })

  it('who stands at the head is answered without the storage', async () => {
    const storage = memory()
    const world = await EngineWorld.start({ storage })
    const author = await world.reader('tape:a')
    const { epoch } = author.subscribed
    await writeLetters(world, author, 1, 5)
    let reads = 0
    const read = storage.read.bind(storage)
    storage.read = (range) => {
      reads++
      return read(range)
    }
    author.say({ type: 'pull', id: 70, stream: 'tape:a', epoch, afterSeq: 5 })
    await settle()
    expect(author.last('pulled')).toMatchObject({ headSeq: 5, ops: [] })
    author.subscribe('tape:a', { epoch, seq: 5 })
    await settle()
    expect(author.subscribed).toMatchObject({ headSeq: 5, ops: [] })
    expect(reads).toBe(0)
    author.say({ type: 'pull', id: 71, stream: 'tape:a', epoch, afterSeq: 4 })
    await settle()
    expect([author.last('pulled').ops.length, reads]).toEqual([1, 1])
  })

  it('is not told to be at the head by a hub whose clock was set back', async () => {
    const disk = new MemoryDisk()
    const one = await EngineWorld.start({ storage: memory({ disk, isShared: true }) })
    const other = await EngineWorld.start({ storage: memory({ disk, isShared: true }) })
    const author = await one.reader('tape:a')
    const { epoch } = author.subscribed
    const asking = await other.join('bob|read:*', b)
    const pull = async (afterSeq: number) => {
      asking.say({ type: 'pull', id: asking.nextId(), stream: 'tape:a', epoch, afterSeq })
      await settle()
      return asking.last('pulled').headSeq
    }
    expect(await pull(0)).toBe(0)
    await writeLetters(one, author, 1, 3)
    other.system.setBack(3_600_000)
    await other.system.advance(10_000)
    expect(await pull(0)).toBe(3)
  })

  it('is told what another hub on the same storage appended, and gets the snapshot that it made', async () => {
    const disk = new MemoryDisk()
    const one = await EngineWorld.start({ storage: memory({ disk, isShared: true }), snapshots })
    const other = await EngineWorld.start({ storage: memory({ disk, isShared: true }), snapshots })
    const author = await one.reader('tape:a')
    const reader = await other.reader('tape:a', 'bob|read:*', b)
    const { epoch } = reader.subscribed
    await writeLetters(one, author, 1, 60)
    await other.system.advance(4_000)
    reader.say({ type: 'pull', id: 70, stream: 'tape:a', epoch, afterSeq: 0 })
    await settle()
    expect(reader.last('pulled')).toMatchObject({ headSeq: 60 })
    expect((await subscribe(other, {})).snapshot?.seq).toBeGreaterThanOrEqual(50)
    await one.storage.compact(KEY, epoch, 50)
    expect((await subscribe(other, { epoch, seq: 3 })).snapshot?.seq).toBeGreaterThanOrEqual(50)
  })

  it.each([true, false])(
    'of a stream that the storage has lost begins anew (shared: %s)',
    async (isShared) => {
      const disk = new MemoryDisk()
      const storage = memory({ disk, isShared })
      const world = await EngineWorld.start({ storage, snapshots })
      const author = await world.reader('tape:a')
      const { epoch } = author.subscribed
      await writeLetters(world, author, 1, 30)
      const reader = await world.reader('tape:a', 'bob|read:*', b)
      await lose(storage, isShared)
      author.push('tape:a', epoch, [put(a, 31, 'x', 30)])
      await settle()
      expect(author.refusal).toBe('stream/epoch-changed')
      author.subscribe('tape:a', { epoch, seq: 30, outbox: [{ replica: a, from: 31, through: 31 }] })
      await settle()
      const { epoch: next, headSeq, snapshot, ops, acknowledged } = author.subscribed
      expect(next).not.toBe(epoch)
      expect({ headSeq, snapshot, ops }).toEqual({ headSeq: 0, snapshot: undefined, ops: [] })
      expect(acknowledged).toEqual([{ replica: a, through: 0 }])
      author.push('tape:a', next, [put(a, 1, 'again')])
      await settle()
      expect(author.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [1] }])
      reader.say({ type: 'pull', id: 70, stream: 'tape:a', epoch, afterSeq: 30 })
      await settle()
      expect(reader.last('refused').error.code).toBe('stream/epoch-changed')
    },
  )
})

describe('truncation', () => {
  it('leaves a snapshot in a new epoch, and readers are told', async () => {
    const world = await EngineWorld.start({ snapshots })
    const author = await world.reader('tape:a')
    const { epoch } = author.subscribed
    await writeLetters(world, author, 1, 33)
    const head = await world.engine.log.truncate(KEY)
    expect(head).toMatchObject({ headSeq: 33, floorSeq: 33, truncatedSeq: 33 })
    const notice = author.last('feed')
    expect([notice.epoch, notice.ops.map(({ seq }) => seq)]).toEqual([head?.epoch, [33]])
    expect(notice.ops[0]?.body, 'nothing of what was erased').toHaveLength(0)

    for (const cursor of [
      { epoch, seq: 33 },
      { epoch, seq: 2 },
      {},
      { epoch: head?.epoch ?? '', seq: 33, rebuildBelow: 3 },
    ]) {
      const { snapshot, ops, headSeq } = await subscribe(world, cursor)
      expect({ seq: snapshot?.seq, ops, headSeq }).toEqual({ seq: 33, ops: [], headSeq: 33 })
      expect(new TextDecoder().decode(snapshot?.state)).toBe('x'.repeat(33))
    }
    author.say({ type: 'pull', id: 70, stream: 'tape:a', epoch, afterSeq: 5 })
    await settle()
    expect(author.last('refused').error.code).toBe('stream/epoch-changed')
    author.say({ type: 'pull', id: 71, stream: 'tape:a', epoch: head?.epoch ?? '', afterSeq: 5 })
    await settle()
    expect(author.last('refused').error.code).toBe('stream/truncated')

    const next = head?.epoch ?? ''
    author.push('tape:a', next, [put(a, 34, 'x', 12)])
    await settle()
    expect(author.refusal, 'made on what is erased').toBe('stream/truncated')
    author.push('tape:a', next, [put(a, 34, 'y', 33)])
    await settle()
    expect(author.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [34] }])
    expect((await world.engine.log.fold(KEY))?.fold.value).toBe(`${'x'.repeat(33)}y`)
    expect(await world.engine.log.truncate({ ...KEY, stream: 'tape:none' })).toBeUndefined()
  })

  it('tries again when ops come in between, and gives up when they never stop', async () => {
    const storage = memory()
    const world = await EngineWorld.start({ storage, snapshots })
    const author = await world.reader('tape:a')
    const { epoch } = author.subscribed
    await writeLetters(world, author, 1, 10)
    const truncate = storage.truncate.bind(storage)
    let left = 3
    let counter = 10
    storage.truncate = async (key, of, seq) => {
      if (left-- > 0) {
        await storage.append([{ ...KEY, epoch, subject: 'ada', ops: [put(a, ++counter, 'x', seq)] }])
      }
      return truncate(key, of, seq)
    }
    expect(await world.engine.log.truncate(KEY)).toMatchObject({ headSeq: 13, truncatedSeq: 13 })
    const empty = await world.engine.log.truncate(KEY)
    expect(empty, 'there is nothing more to erase').toMatchObject({ headSeq: 13, truncatedSeq: 13 })

    const busy = await world.reader('tape:busy')
    await writeLetters(world, busy, 1, 5)
    counter = 5
    storage.truncate = async (key, of, seq) => {
      await storage.append([{ ...key, epoch: of, subject: 'ada', ops: [put(a, ++counter, 'x', seq)] }])
      return truncate(key, of, seq)
    }
    await expect(world.engine.log.truncate({ ...KEY, stream: 'tape:busy' })).rejects.toMatchObject({
      code: 'hub/overloaded',
      retryable: true,
    })
  })
})
