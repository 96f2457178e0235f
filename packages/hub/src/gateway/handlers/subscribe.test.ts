import { describe, expect, it } from 'vitest'
import { EngineWorld, put, replica, streams, type TestPeer } from '../../tests/engine-world.js'
import { settle } from '../../tests/manual-system.js'
import { memory } from '../../storage/memory/memory.js'
import { MemoryDisk } from '../../storage/memory/memory-disk.js'
import { Fold, type SequencedOp } from '@flowsync/crdt'

const [a, b] = [replica(1), replica(2)]

/** What a client that had nothing makes of the last `subscribed`. */
function foldOf(peer: TestPeer, more: readonly SequencedOp[] = []): string {
  const { snapshot, ops } = peer.subscribed
  const fold = new Fold(streams.ruleFor('note:a'), snapshot)
  for (const op of [...ops, ...more]) fold.receive(op)
  return fold.value
}

/** Types one letter after the other, each when the one before is known to all. */
async function writeLetters(
  world: EngineWorld,
  peer: TestPeer,
  stream: string,
  from: number,
  through: number,
) {
  const { epoch } = peer.subscribed
  for (let counter = from; counter <= through; counter++) {
    const head = await world.storage.findStream({ workspace: 'acme', stream })
    peer.push(stream, epoch, [put(a, counter, String.fromCharCode(97 + (counter % 26)), head?.headSeq)])
    await world.system.advance(1)
  }
}

const letters = (from: number, through: number): string =>
  Array.from({ length: through - from + 1 }, (_, i) => String.fromCharCode(97 + ((from + i) % 26))).join('')

describe('subscribe', () => {
  it('opens a stream that nobody wrote to', async () => {
    const world = await EngineWorld.start()
    const peer = await world.reader('note:a')
    expect(peer.subscribed).toMatchObject({ headSeq: 0, access: 'write', ops: [], acknowledged: [] })
    expect(peer.subscribed.epoch).toMatch(/^[0-9a-f]{16}$/)
    expect(peer.subscribed.snapshot).toBeUndefined()
  })

  it('answers with the tail after the cursor and what it holds of the outbox', async () => {
    const world = await EngineWorld.start()
    const author = await world.reader('note:a')
    const { epoch } = author.subscribed
    await writeLetters(world, author, 'note:a', 1, 5)
    const peer = await world.join('bob|read:*', b)
    const outbox = [a, b].map((each) => ({ replica: each, from: 1, through: 9 }))
    peer.subscribe('note:a', { epoch, seq: 3, outbox })
    await settle()
    expect(peer.subscribed).toMatchObject({ epoch, headSeq: 5, access: 'read' })
    expect(peer.subscribed.ops.map(({ seq }) => seq)).toEqual([4, 5])
    expect(peer.subscribed.acknowledged).toEqual([
      { replica: a, through: 5 },
      { replica: b, through: 0 },
    ])
    peer.subscribe('note:a', { epoch, seq: 5 })
    await settle()
    expect(peer.subscribed).toMatchObject({ headSeq: 5, ops: [] })
  })

  it.each([
    ['without the grant', 'ada|read:tape:*', 'note:a', {}, 'acl/denied'],
    ['for an unknown stream', 'ada|read:*', 'other:a', {}, 'stream/unknown'],
    ['for another rule', 'ada|read:*', 'note:a', { rule: 'text' }, 'stream/rule-mismatch'],
    ['for another version of the rule', 'ada|read:*', 'note:a', { ruleVersion: 2 }, 'stream/rule-mismatch'],
  ])('is refused %s', async (_name, token, stream, cursor, code) => {
    const world = await EngineWorld.start()
    const peer = await world.join(token)
    peer.subscribe(stream, cursor)
    await settle()
    expect(peer.refusal).toBe(code)
    expect([...peer.rooms]).toEqual([])
    expect(await world.storage.listStreams('acme', { limit: 9 })).toEqual([])
  })

  it('leaves no gap to the feed that follows, whatever is written meanwhile', async () => {
    const world = await EngineWorld.start()
    const author = await world.reader('note:a')
    const writing = writeLetters(world, author, 'note:a', 1, 40)
    const readers: TestPeer[] = []
    for (let number = 10; number < 30; number++)
      readers.push(await world.reader('note:a', 'bob|read:*', replica(number)))
    await writing
    await world.system.advance(1_000)
    for (const reader of readers) {
      const { headSeq, ops } = reader.subscribed
      expect(ops.at(-1)?.seq ?? 0).toBe(headSeq)
      expect(
        foldOf(
          reader,
          reader.all('feed').flatMap((feed) => feed.ops),
        ),
      ).toBe(letters(1, 40))
    }
  })

  it('tells a joiner what is appended while the log is read for it', async () => {
    const storage = memory()
    const read = storage.read.bind(storage)
    let meanwhile = async (): Promise<void> => undefined
    storage.read = async (range) => {
      const slice = await read(range)
      await meanwhile()
      return slice
    }
    const world = await EngineWorld.start({ storage })
    const author = await world.reader('note:a')
    const { epoch } = author.subscribed
    meanwhile = async () => {
      meanwhile = async () => undefined
      author.push('note:a', epoch, [put(a, 1, 'x')])
      await settle()
    }
    const joiner = await world.reader('note:a', 'bob|read:*', b)
    await settle()
    expect(joiner.subscribed).toMatchObject({ headSeq: 1, ops: [] })
    expect(joiner.all('feed').map(({ ops: [op] }) => op?.seq)).toEqual([1])
  })

  it('gives a joiner a snapshot and its tail, and an older snapshot to whom needs it', async () => {
    const world = await EngineWorld.start({ snapshots: { minOps: 10, maxOps: 10, settleMs: 5 } })
    const author = await world.reader('note:a')
    const { epoch } = author.subscribed
    await writeLetters(world, author, 'note:a', 1, 95)
    await world.system.advance(100)
    const joiner = await world.reader('note:a', 'bob|read:*', b)
    expect(joiner.subscribed.snapshot?.seq).toBeGreaterThanOrEqual(85)
    expect(joiner.subscribed.ops.length).toBeLessThan(11)
    expect(foldOf(joiner)).toBe(letters(1, 95))

    for (const rebuildBelow of [60, 9, 0]) {
      joiner.subscribe('note:a', { epoch, seq: 95, rebuildBelow })
      await settle()
      const { snapshot, ops } = joiner.subscribed
      expect(snapshot?.seq ?? 0).toBeLessThanOrEqual(rebuildBelow)
      expect(ops[0]?.seq).toBe((snapshot?.seq ?? 0) + 1)
      expect(foldOf(joiner)).toBe(letters(1, 95))
    }
    joiner.subscribe('note:a', { epoch, seq: 95, rebuildBelow: 60 })
    await settle()
    expect(joiner.subscribed.snapshot).toBeDefined()
  })

  it('makes snapshots that a joiner can begin with while somebody types without waiting', async () => {
    const world = await EngineWorld.start({ snapshots: { minOps: 10, maxOps: 10, settleMs: 5 } })
    const author = await world.reader('tape:a')
    const { epoch } = author.subscribed
    for (let counter = 1; counter <= 60; counter++) {
      const base = Math.max(0, counter - 4)
      author.push('tape:a', epoch, [put(a, counter, 'x', base)])
      await world.system.advance(1)
    }
    const early = await world.reader('tape:a', 'bob|read:*', b)
    expect(early.subscribed.snapshot, 'no place can be cut at yet').toBeUndefined()
    await world.system.advance(20)
    const late = await world.reader('tape:a', 'bob|read:*', b)
    expect(late.subscribed).toMatchObject({ headSeq: 60, snapshot: { seq: 60 }, ops: [] })
  })

  it('folds snapshots from older ones when an op was made on an old version', async () => {
    const world = await EngineWorld.start({ snapshots: { minOps: 10, maxOps: 10, settleMs: 5 } })
    const author = await world.reader('tape:a')
    const { epoch } = author.subscribed
    await writeLetters(world, author, 'tape:a', 1, 30)
    const late = await world.join('bob|write:*', b)
    late.push('tape:a', epoch, [put(b, 1, 'made.offline', 2)])
    await settle()
    await writeLetters(world, author, 'tape:a', 31, 60)
    await world.system.advance(100)
    const latest = await world.storage.latestSnapshot({ workspace: 'acme', stream: 'tape:a' })
    expect(latest?.seq).toBeGreaterThan(50)
    expect(new TextDecoder().decode(latest?.state)).toBe(
      `${letters(1, 30)}made.offline${letters(31, (latest?.seq ?? 0) - 1)}`,
    )
  })

  it('sends a client of another epoch a snapshot or everything', async () => {
    const world = await EngineWorld.start()
    const author = await world.reader('note:a')
    await writeLetters(world, author, 'note:a', 1, 4)
    const stale = await world.join('bob|read:*', b)
    stale.subscribe('note:a', { epoch: '0123456789abcdef', seq: 3 })
    await settle()
    expect(foldOf(stale)).toBe(letters(1, 4))
  })

  it('begins a new epoch when a client is ahead of a restored log, and only once', async () => {
    const disk = new MemoryDisk()
    const before = await EngineWorld.start({ storage: memory({ disk }) })
    const author = await before.reader('note:a')
    const { epoch } = author.subscribed
    await writeLetters(before, author, 'note:a', 1, 4)

    const world = await EngineWorld.start({ storage: memory({ disk }) })
    const witness = await world.reader('note:a', 'bob|write:*', b)
    expect(witness.subscribed.epoch).toBe(epoch)
    witness.subscribe('note:a', { epoch, seq: 9 })
    await settle()
    const renewed = witness.subscribed
    expect(renewed.epoch).not.toBe(epoch)
    expect(renewed).toMatchObject({ headSeq: 4 })
    expect(foldOf(witness)).toBe(letters(1, 4))

    witness.push('note:a', epoch, [put(b, 1, 'x')])
    await settle()
    expect(witness.refusal).toBe('stream/epoch-changed')
    witness.subscribe('note:a', { epoch: renewed.epoch, seq: 9 })
    await settle()
    expect(witness.subscribed.epoch, 'a client that lies changes nothing').toBe(renewed.epoch)
    expect(foldOf(witness)).toBe(letters(1, 4))
  })

  it('bounds the streams of a connection', async () => {
    const world = await EngineWorld.start({ limits: { streamsPerConnection: 2 } })
    const peer = await world.join()
    for (const stream of ['note:a', 'note:b', 'note:a', 'note:c']) {
      peer.subscribe(stream)
      await settle()
    }
    expect(peer.refusal).toBe('limit/streams')
    peer.say({ type: 'unsubscribe', id: 50, streams: ['note:a', 'note:never'] })
    peer.subscribe('note:c')
    await settle()
    expect([...peer.rooms]).toEqual(['note:b', 'note:c'])
  })

  it('sends long tails in parts that the client pulls', async () => {
    const world = await EngineWorld.start()
    const author = await world.reader('note:a')
    const { epoch } = author.subscribed
    for (let round = 0; round < 20; round++) {
      author.push('note:a', epoch, [put(a, 1 + round * 400_000, 'x'.repeat(400_000))])
      await settle()
    }
    const peer = await world.join('bob|read:*', b)
    peer.subscribe('note:a', { epoch, seq: 0 })
    await settle()
    const { headSeq, ops } = peer.subscribed
    expect(headSeq).toBe(20)
    const seqs = ops.map(({ seq }) => seq)
    expect(seqs.length).toBeLessThan(20)
    while (seqs.length < headSeq) {
      peer.say({ type: 'pull', id: 100 + seqs.length, stream: 'note:a', epoch, afterSeq: seqs.length })
      await settle()
      seqs.push(...peer.last('pulled').ops.map(({ seq }) => seq))
    }
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  })
})

describe('a stream that is not there', () => {
  const ABSENT = 'f'.repeat(16)

  it('is not created by those who may only read, and is theirs to follow when somebody writes it', async () => {
    const world = await EngineWorld.start()
    const reader = await world.join('bob|read:*', b)
    const outbox = [{ replica: b, from: 1, through: 2 }]
    for (let i = 0; i < 3; i++) {
      reader.subscribe('note:a', { epoch: i === 0 ? '' : ABSENT, outbox })
      await settle()
      expect(reader.subscribed).toMatchObject({ epoch: ABSENT, headSeq: 0, access: 'read', ops: [] })
      expect(reader.subscribed.acknowledged).toEqual([{ replica: b, through: 0 }])
    }
    reader.say({ type: 'pull', id: 50, stream: 'note:a', epoch: ABSENT, afterSeq: 0 })
    await settle()
    expect(reader.last('pulled')).toMatchObject({ epoch: ABSENT, headSeq: 0, ops: [] })
    expect(await world.storage.listStreams('acme', { limit: 9 }), 'nothing was created').toEqual([])

    const writer = await world.reader('note:a')
    const { epoch } = writer.subscribed
    writer.push('note:a', epoch, [put(a, 1, 'x')])
    await settle()
    expect(reader.last('feed'), 'another epoch: the client subscribes again').toMatchObject({ epoch })
    reader.say({ type: 'pull', id: 51, stream: 'note:a', epoch: ABSENT, afterSeq: 0 })
    await settle()
    expect(reader.last('refused')).toMatchObject({ id: 51, error: { code: 'stream/epoch-changed' } })
    reader.subscribe('note:a', { epoch: ABSENT })
    await settle()
    expect(reader.subscribed).toMatchObject({ epoch, headSeq: 1 })
    expect(foldOf(reader)).toBe('x')
  })

  it('is told of to readers who come from another log', async () => {
    const world = await EngineWorld.start()
    const reader = await world.join('bob|read:*', b)
    reader.say({ type: 'pull', id: 50, stream: 'note:a', epoch: '0123456789abcdef', afterSeq: 7 })
    await settle()
    expect(reader.last('refused').error).toMatchObject({ code: 'stream/epoch-changed' })
  })

  it('is created by those who may write it', async () => {
    const world = await EngineWorld.start()
    const writer = await world.reader('note:a')
    expect(writer.subscribed.epoch).not.toBe(ABSENT)
    expect(await world.storage.listStreams('acme', { limit: 9 })).toHaveLength(1)
  })
})

describe('reads', () => {
  it('are slowed down when they come too fast: a stream counts, not a frame', async () => {
    const limits = { subscribes: { perSecond: 10, burst: 5 }, pulls: { perSecond: 10, burst: 2 } }
    const world = await EngineWorld.start({ limits })
    const peer = await world.join()
    const streams = ['note:a', 'note:b', 'note:c', 'note:d'].map((stream) => {
      return { stream, rule: 'tape', ruleVersion: 1, epoch: '', seq: 0, outbox: [] }
    })
    peer.say({ type: 'subscribe', id: 10, streams })
    peer.say({ type: 'subscribe', id: 11, streams })
    await settle()
    expect(peer.last('subscribed').id).toBe(10)
    expect(peer.last('refused')).toMatchObject({ id: 11, error: { code: 'limit/rate', retryAfterMs: 300 } })
    await world.system.advance(300)
    peer.say({ type: 'subscribe', id: 12, streams })
    await settle()
    const [result] = peer.last('subscribed').results
    const epoch = result?.kind === 'ok' ? result.epoch : ''
    for (let id = 20; id < 23; id++) peer.say({ type: 'pull', id, stream: 'note:a', epoch, afterSeq: 0 })
    await settle()
    expect(peer.all('pulled').map(({ id }) => id)).toEqual([20, 21])
    expect(peer.last('refused')).toMatchObject({ id: 22, error: { code: 'limit/rate', retryAfterMs: 100 } })
  })

  it('of two thousand streams at once, again and again, are within the limits', async () => {
    const world = await EngineWorld.start()
    const peer = await world.join()
    for (let round = 0; round < 10; round++) {
      for (let frame = 0; frame < 8; frame++) {
        const streams = Array.from({ length: 250 }, (_, index) => {
          const stream = `note:${frame}-${index}`
          return { stream, rule: 'tape', ruleVersion: 1, epoch: '', seq: 0, outbox: [] }
        })
        peer.say({ type: 'subscribe', id: 10 + round * 8 + frame, streams })
      }
      await settle()
      await world.system.advance(2_000)
    }
    expect(peer.all('refused')).toEqual([])
    expect(peer.all('subscribed')).toHaveLength(80)
  })
})

describe('pull', () => {
  it('is refused without the grant and for another epoch', async () => {
    const world = await EngineWorld.start()
    const peer = await world.reader('note:a', 'ada|write:note:*')
    const { epoch } = peer.subscribed
    for (const [stream, asked, code] of [
      ['note:a', '0123456789abcdef', 'stream/epoch-changed'],
      ['tape:a', epoch, 'acl/denied'],
    ] as const) {
      peer.say({ type: 'pull', id: 7, stream, epoch: asked, afterSeq: 0 })
      await settle()
      expect(peer.last('refused')).toMatchObject({ id: 7, error: { code } })
    }
    expect(peer.isClosed).toBe(false)
  })

  it('is answered in turn, and not at all beyond measure', async () => {
    const world = await EngineWorld.start()
    const peer = await world.reader('note:a')
    for (let id = 10; id < 400; id++) {
      peer.say({ type: 'pull', id, stream: 'note:a', epoch: peer.subscribed.epoch, afterSeq: 0 })
    }
    await settle()
    await settle()
    expect(peer.all('pulled').map(({ id }) => id)).toEqual(
      Array.from({ length: 256 }, (_, index) => 10 + index),
    )
    expect(peer.all('refused')).toHaveLength(390 - 256)
    expect(peer.last('refused').error.code).toBe('hub/overloaded')
  })
})
