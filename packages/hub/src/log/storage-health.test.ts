import { createError } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { EngineWorld, put, replica, type TestPeer } from '../tests/engine-world.js'
import { ManualSystem, settle } from '../tests/manual-system.js'
import { memory } from '../storage/memory/memory.js'
import { silentLogger } from '../logging/logger.js'
import { nextStorageState, retryLater, StorageHealth, type StorageState } from './storage-health.js'

const full = createError('storage/full', 'No space.')
const away = createError('storage/unavailable', 'The database does not answer.')
const well: StorageState = { kind: 'well' }
const readOnly: StorageState = {
  kind: 'read-only',
  reason: full,
  sinceMs: 1_000,
  delayMs: 200,
  probeAtMs: 1_100,
  isProbing: false,
}
const probing: StorageState = { ...readOnly, isProbing: true }

describe('the state of a storage', () => {
  it.each([
    ['stays well while it stores', well, { kind: 'stored' }, well],
    ['stays well when nothing had to be written', well, { kind: 'idle' }, well],
    ['stays well while it is tried', well, { kind: 'trying' }, well],
    [
      'is read-only after a failure',
      well,
      { kind: 'failed', reason: full },
      { ...readOnly, sinceMs: 2_000, probeAtMs: 2_100 },
    ],
    ['is tried by one', readOnly, { kind: 'trying' }, probing],
    ['is well when that was stored', probing, { kind: 'stored' }, well],
    ['may be tried by the next when nothing was written', probing, { kind: 'idle' }, readOnly],
    [
      'waits longer after every failure, and tells the latest reason',
      probing,
      { kind: 'failed', reason: away },
      { ...readOnly, reason: away, delayMs: 400, probeAtMs: 2_200 },
    ],
    [
      'never waits for longer than two seconds',
      { ...probing, delayMs: 2_000 },
      { kind: 'failed', reason: full },
      { ...readOnly, delayMs: 2_000, probeAtMs: 4_000 },
    ],
  ] as const)('%s', (_name, state, event, expected) => {
    expect(nextStorageState(state, event, 2_000)).toEqual(expected)
  })
})

describe('the error of a storage', () => {
  it('tells clients to try again, whatever is wrong', () => {
    const corrupt = createError('storage/corrupt', 'Damaged.', { details: { file: 'a.db' } })
    expect(retryLater(corrupt)).toMatchObject({
      code: 'storage/corrupt',
      retryable: true,
      details: { file: 'a.db', retryAfterMs: 500 },
    })
    const told = createError('storage/full', 'No space.', { details: { retryAfterMs: 7 } })
    expect(retryLater(told)).toBe(told)
  })

  it('is told from others', () => {
    for (const other of [createError('acl/denied', 'No.'), new Error('storage/full'), undefined, 'x']) {
      expect(retryLater(other)).toBe(other)
    }
  })
})

it('a clock that is set back keeps no pushes out', () => {
  const system = new ManualSystem()
  const health = new StorageHealth(system, silentLogger)
  expect(health.tryWrite()).toBe(undefined)
  health.failed(full)
  expect(health.tryWrite()).toMatchObject({ code: 'storage/full', details: { retryAfterMs: 100 } })
  system.setBack(3_600_000)
  expect(health.tryWrite()).toBe(undefined)
  expect(health.tryWrite(), 'one at a time').toMatchObject({ details: { retryAfterMs: 100 } })
})

/** A hub whose storage fails, or is slow, as the test says. */
async function hubWith(options: { limits?: object } = {}) {
  const system = new ManualSystem()
  const trouble: { error?: ReturnType<typeof createError>; delayMs: number } = { delayMs: 0 }
  const storage = memory({ system, fault: () => trouble.error, delayMs: () => trouble.delayMs })
  const logged: string[] = []
  const log = (_fields: object, message: string) => logged.push(message)
  const logger = { debug: () => undefined, info: log, warn: log, error: log }
  const world = await EngineWorld.start({ system, storage, logger, ...options })
  /** A peer with the stream open: opening it is a write, which takes its time on this clock. */
  const reader = async (token = 'ada|write:*', author = replica(1)): Promise<TestPeer> => {
    const peer = await world.join(token, author)
    peer.subscribe('note:a')
    await system.advance(0)
    return peer
  }
  return { world, system, trouble, logged, reader }
}

describe('a hub whose disk is full', () => {
  it.each([
    ['storage/full', 'storage/full'],
    ['storage/read-only', 'storage/read-only'],
    ['storage/unavailable', 'storage/unavailable'],
    ['storage/corrupt', 'storage/corrupt'],
    // A password that was changed: a client that took it for final would drop its edits.
    ['config/invalid', 'storage/unavailable'],
  ] as const)(
    'that says %s refuses pushes with %s and a time to wait, serves reads, and recovers by itself',
    async (said, code) => {
      const { system, trouble, logged, reader } = await hubWith()
      const [ada, bob] = [await reader(), await reader('bob|read:*', replica(2))]
      const { epoch } = ada.subscribed
      ada.push('note:a', epoch, [put(replica(1), 1, 'x')])
      await system.advance(10)
      trouble.error = createError(said, 'Something about the disk.')
      for (let attempt = 0; attempt < 3; attempt++) {
        ada.push('note:a', epoch, [put(replica(1), 2, 'y')])
        await system.advance(0)
        expect(ada.last('pushed').results[0]).toMatchObject({
          kind: 'failed',
          error: { code, retryAfterMs: expect.any(Number) },
        })
        const [result] = ada.last('pushed').results
        expect(result?.kind === 'failed' && result.error.retryAfterMs).toBeGreaterThan(0)
      }
      bob.say({ type: 'pull', id: bob.nextId(), stream: 'note:a', epoch, afterSeq: 0 })
      await system.advance(0)
      expect(bob.last('pulled').ops).toHaveLength(1)
      const eve = await reader('eve|read:*', replica(3))
      expect(eve.subscribed.headSeq).toBe(1)

      trouble.error = undefined
      await system.advance(2_000)
      ada.push('note:a', epoch, [put(replica(1), 2, 'y')])
      await system.advance(10)
      expect(ada.last('pushed').results[0]).toMatchObject({ kind: 'ok', seqs: [2] })
      expect(bob.all('feed').flatMap(({ ops }) => ops.map(({ seq }) => seq))).toEqual([1, 2])
      expect(logged).toEqual([
        'the storage takes no writes: pushes are refused until it does',
        'the storage takes writes again',
      ])
    },
  )

  it('tells whoever opens a new stream to come back', async () => {
    const { world, system, trouble } = await hubWith()
    const ada = await world.join()
    trouble.error = createError('storage/read-only', 'Check its permissions.')
    ada.subscribe('note:new')
    await system.advance(0)
    expect(ada.last('subscribed').results[0]).toMatchObject({
      kind: 'failed',
      error: { code: 'storage/read-only', retryAfterMs: 500 },
    })
    trouble.error = undefined
    ada.subscribe('note:new')
    await system.advance(0)
    expect(ada.subscribed.headSeq).toBe(0)
  })
})

describe('a hub whose disk takes two seconds to sync', () => {
  it('acknowledges nothing early, bounds what waits, and goes on with everything else', async () => {
    const { world, system, trouble, reader } = await hubWith({ limits: { queuedBytes: 20_000 } })
    const writers: TestPeer[] = []
    for (let number = 1; number <= 10; number++) {
      writers.push(await reader(`writer${number}|write:*`, replica(number)))
    }
    const [first] = writers
    const epoch = first?.subscribed.epoch ?? ''
    trouble.delayMs = 2_000
    // Ten times 4,000 bytes, of which 20,000 may wait.
    writers.forEach((writer, index) =>
      writer.push('note:a', epoch, [put(replica(index + 1), 1, 'x'.repeat(4_000))]),
    )
    await system.advance(1_999)
    const results = () =>
      writers.flatMap((writer) => writer.all('pushed').flatMap((pushed) => pushed.results))
    expect(results().filter(({ kind }) => kind === 'ok')).toEqual([])
    const refused = results().map((result) => result.kind === 'failed' && result.error)
    expect(refused).toHaveLength(6)
    for (const error of refused) expect(error).toMatchObject({ code: 'hub/overloaded', retryAfterMs: 500 })
    expect(world.published, 'nobody is told what is not durable').toEqual([])

    // Meanwhile others come, and read what was stored.
    const bob = await reader('bob|read:*', replica(99))
    expect(bob.subscribed.headSeq).toBe(0)

    await system.advance(10_000)
    expect(results().filter(({ kind }) => kind === 'ok')).toHaveLength(4)
    await settle()
  })
})
