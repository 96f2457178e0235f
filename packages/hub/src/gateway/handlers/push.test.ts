import { describe, expect, it } from 'vitest'
import { EngineWorld, put, replica } from '../../tests/engine-world.js'
import { settle } from '../../tests/manual-system.js'
import { createError } from '@flowsync/protocol'
import { memory } from '../../storage/memory/memory.js'

const [a, b] = [replica(1), replica(2)]

describe('push', () => {
  it('answers with the seqs and feeds all readers, the author too', async () => {
    const world = await EngineWorld.start()
    const author = await world.reader('note:a')
    const reader = await world.reader('note:a', 'bob|read:*', b)
    const { epoch } = author.subscribed
    author.push('note:a', epoch, [put(a, 1, 'one'), put(a, 4, 'two')])
    await settle()
    expect(author.last('pushed').results).toEqual([{ kind: 'ok', stream: 'note:a', epoch, seqs: [1, 2] }])
    for (const peer of [author, reader]) {
      expect(peer.last('feed')).toMatchObject({ stream: 'note:a', epoch, ops: [{ seq: 1 }, { seq: 2 }] })
    }
  })

  it('is answered only when it is durable', async () => {
    const world = await EngineWorld.start()
    const storage = memory({ system: world.system, delayMs: () => 1_000 })
    const slow = await EngineWorld.start({ storage, system: world.system })
    const peer = await slow.join()
    peer.subscribe('note:a')
    await world.system.advance(2_000)
    peer.push('note:a', peer.subscribed.epoch, [put(a, 1, 'x')])
    await world.system.advance(1_999)
    expect([peer.all('pushed'), peer.all('feed')]).toEqual([[], []])
    await world.system.advance(1)
    expect([peer.all('pushed').length, peer.all('feed').length]).toEqual([1, 1])
  })

  it('keeps the order of pipelined pushes, also of a stream that is not open yet', async () => {
    const world = await EngineWorld.start()
    const { epoch } = await world.storage.openStream({
      workspace: 'acme',
      stream: 'note:a',
      rule: 'tape',
      ruleVersion: 1,
    })
    const peer = await world.join()
    for (let counter = 1; counter <= 50; counter++) peer.push('note:a', epoch, [put(a, counter, 'x')])
    await settle()
    expect(peer.all('pushed').map(({ results }) => results[0])).toEqual(
      Array.from({ length: 50 }, (_, index) => ({ kind: 'ok', stream: 'note:a', epoch, seqs: [index + 1] })),
    )
  })

  it('gives a retry the stored answer, and feeds nothing', async () => {
    const world = await EngineWorld.start()
    const peer = await world.reader('note:a')
    const { epoch } = peer.subscribed
    peer.push('note:a', epoch, [put(a, 1, 'x'), put(a, 2, 'y')])
    await settle()
    const feeds = peer.all('feed').length
    peer.push('note:a', epoch, [put(a, 1, 'x'), put(a, 2, 'y')])
    await world.system.advance(100)
    expect(peer.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [1, 2] }])
    expect(peer.all('feed')).toHaveLength(feeds)
  })

  it.each([
    ['a stream without the grant', 'tape:a', [put(a, 1, 'x')], 'acl/denied'],
    ['an unknown stream', 'other:a', [put(a, 1, 'x')], 'stream/unknown'],
    ['a name that is none', 'note::a', [put(a, 1, 'x')], 'stream/name-invalid'],
    ['no op', 'note:a', [], 'op/invalid'],
    ['a replica of another connection', 'note:a', [put(b, 1, 'x')], 'op/replica-foreign'],
    ['a counter that jumps', 'note:a', [put(a, 2, 'x')], 'op/counter-gap'],
    ['a version that does not exist', 'note:a', [put(a, 1, 'x', 7)], 'op/unknown-base'],
    ['a body that the rule cannot read', 'note:a', [put(a, 1, 'ÄÖÜ')], 'op/invalid'],
    ['a count that is a lie', 'note:a', [{ ...put(a, 1, 'xyz'), count: 2 }], 'op/invalid'],
    ['an op that is too large', 'note:a', [put(a, 1, 'x'.repeat(101))], 'op/too-large'],
  ])('refuses %s, and stores and tells nothing', async (_name, stream, ops, code) => {
    const world = await EngineWorld.start({ limits: { opBytes: 100 } })
    const reader = await world.reader('note:a', 'bob|read:*', replica(9))
    const peer = await world.reader('note:a', 'ada|write:note:*,write:other:*,read:tape:*')
    const { epoch } = peer.subscribed
    peer.push(stream, epoch, ops)
    await world.system.advance(100)
    expect(peer.refusal).toBe(code)
    expect(reader.all('feed')).toEqual([])
    expect((await world.storage.findStream({ workspace: 'acme', stream: 'note:a' }))?.headSeq).toBe(0)
    peer.push('note:a', epoch, [put(a, 1, 'fine')])
    await settle()
    expect(peer.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [1] }])
  })

  it('names the counter it expects', async () => {
    const world = await EngineWorld.start()
    const peer = await world.reader('note:a')
    peer.push('note:a', peer.subscribed.epoch, [put(a, 1, 'abc'), put(a, 9, 'x')])
    await settle()
    const [result] = peer.last('pushed').results
    expect(result?.kind === 'failed' && JSON.parse(result.error.details)).toEqual({ replica: a, expected: 4 })
  })

  it('never lets one subject write under the replica of another', async () => {
    const world = await EngineWorld.start()
    const ada = await world.reader('note:a')
    const { epoch } = ada.subscribed
    ada.push('note:a', epoch, [put(a, 1, 'mine')])
    await settle()
    // Mallory has read the replica's id from the feed and claims it: as her own, and as one she adopted.
    const mallory = await world.reader('note:a', 'mallory|write:*', a)
    mallory.push('note:a', epoch, [put(a, 5, 'forged')])
    await settle()
    expect(mallory.refusal).toBe('op/replica-foreign')
    const adopting = world.connect()
    adopting.hello('mallory|write:*', b, [a])
    await settle()
    adopting.push('note:a', epoch, [put(a, 5, 'forged')])
    await settle()
    expect(adopting.refusal).toBe('op/replica-foreign')
    ada.push('note:a', epoch, [put(a, 5, 'again')])
    await settle()
    expect(ada.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [2] }])
  })

  it('delivers the outbox of a dead tab of the same subject', async () => {
    const world = await EngineWorld.start()
    const dead = await world.reader('note:a')
    const { epoch } = dead.subscribed
    dead.push('note:a', epoch, [put(a, 1, 'x')])
    await settle()
    dead.hangUp()
    const next = world.connect()
    next.hello('ada|write:*', b, [a])
    await settle()
    next.push('note:a', epoch, [put(a, 1, 'x'), put(a, 2, 'y'), put(b, 1, 'z')])
    await settle()
    expect(next.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [1, 2, 3] }])
  })

  it('answers each batch on its own', async () => {
    const world = await EngineWorld.start()
    const peer = await world.reader('note:a')
    const { epoch } = peer.subscribed
    const good = { stream: 'note:a', epoch, ops: [put(a, 1, 'x')] }
    const bad = { stream: 'note:a', epoch, ops: [put(a, 2, 'y'), put(a, 9, 'z')] }
    peer.say({ type: 'push', id: 5, batches: [good, bad, { ...good, ops: [put(a, 2, 'y')] }] })
    await settle()
    expect(peer.last('pushed').results.map(({ kind }) => kind)).toEqual(['ok', 'failed', 'ok'])
  })

  it('refuses everything of a transaction that failed, and goes on when the storage does', async () => {
    let isFull = false
    const storage = memory({ fault: () => (isFull ? createError('storage/full', 'No space.') : undefined) })
    const world = await EngineWorld.start({ storage })
    const peer = await world.reader('note:a')
    const { epoch } = peer.subscribed
    isFull = true
    peer.push('note:a', epoch, [put(a, 1, 'x')])
    peer.push('note:a', epoch, [put(a, 2, 'y')])
    await world.system.advance(10)
    expect(peer.all('pushed').flatMap(({ results }) => results)).toMatchObject([
      { kind: 'failed', error: { code: 'storage/full' } },
      { kind: 'failed', error: { code: 'storage/full' } },
    ])
    expect(peer.all('feed')).toEqual([])
    isFull = false
    await world.system.advance(100)
    peer.push('note:a', epoch, [put(a, 1, 'x'), put(a, 2, 'y')])
    await settle()
    expect(peer.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [1, 2] }])
  })

  it('slows down a flood and says for how long', async () => {
    const world = await EngineWorld.start({ limits: { pushes: { perSecond: 10, burst: 2 } } })
    const [peer, other] = [await world.reader('note:a'), await world.reader('note:a', 'bob|write:*', b)]
    const { epoch } = peer.subscribed
    for (let counter = 1; counter <= 3; counter++) peer.push('note:a', epoch, [put(a, counter, 'x')])
    await settle()
    expect(peer.last('refused').error).toMatchObject({ code: 'limit/rate', retryAfterMs: 100 })
    other.push('note:a', epoch, [put(b, 1, 'x')])
    await world.system.advance(100)
    expect(other.last('pushed').results).toMatchObject([{ kind: 'ok' }])
    peer.push('note:a', epoch, [put(a, 3, 'x')])
    await settle()
    expect(peer.last('pushed').results).toMatchObject([{ kind: 'ok' }])
  })

  it('refuses a push with too many ops as a whole', async () => {
    const world = await EngineWorld.start({ limits: { opsPerPush: 3 } })
    const peer = await world.reader('note:a')
    peer.push(
      'note:a',
      peer.subscribed.epoch,
      [1, 2, 3, 4].map((counter) => put(a, counter, 'x')),
    )
    await settle()
    expect(peer.last('refused').error.code).toBe('frame/too-large')
    expect(peer.isClosed).toBe(false)
  })

  it('takes names and keys that are special to JavaScript as any other', async () => {
    const world = await EngineWorld.start()
    const peer = await world.join('__proto__|write:*')
    for (const stream of ['__proto__', 'constructor', 'toString']) {
      peer.subscribe(stream)
      await settle()
      expect(peer.refusal).toBe('stream/unknown')
    }
    peer.subscribe('note:__proto__')
    await settle()
    peer.push('note:__proto__', peer.subscribed.epoch, [put(a, 1, 'x')])
    await settle()
    expect(peer.last('pushed').results).toMatchObject([{ kind: 'ok', seqs: [1] }])
    expect(Object.prototype).not.toHaveProperty('headSeq')
  })
})
