import { createError } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { put, replica } from '../tests/engine-world.js'
import { ManualSystem, settle } from '../tests/manual-system.js'
import type { AppendBatch, AppendOutcome, LogDriver } from '../storage/driver.js'
import { memory } from '../storage/memory/memory.js'
import { Appender } from './appender.js'
import { StorageHealth } from './storage-health.js'

/** A storage whose transactions end when told to. */
async function world(queuedBytes = 1_000_000, queuedBytesPerStream = queuedBytes) {
  const inner = memory()
  await inner.open()
  const epochs = new Map<string, string>()
  for (const stream of ['note:a', 'note:b']) {
    const { epoch } = await inner.openStream({ workspace: 'acme', stream, rule: 'tape', ruleVersion: 1 })
    epochs.set(stream, epoch)
  }
  const groups: { size: number; commit: () => void; fail: (error: Error) => void }[] = []
  const storage: LogDriver = Object.assign(Object.create(inner) as LogDriver, {
    append: (batches: readonly AppendBatch[]) =>
      new Promise<readonly AppendOutcome[]>((resolve, reject) => {
        groups.push({ size: batches.length, commit: () => resolve(inner.append(batches)), fail: reject })
      }),
  })
  const system = new ManualSystem()
  const logged: string[] = []
  const log = (_fields: object, message: string) => logged.push(message)
  const health = new StorageHealth(system, { debug: log, info: log, warn: log, error: log })
  const limits = { queuedBytes, queuedBytesPerStream }
  const appender = new Appender({ storage, limits, health })
  const append = (counter: number, text = 'x', stream = 'note:a') =>
    appender.append({
      workspace: 'acme',
      stream,
      epoch: epochs.get(stream) ?? '',
      subject: 'ada',
      ops: [put(replica(1), counter, text)],
    })
  return { system, appender, append, groups, health, logged }
}

describe('group commit', () => {
  it('begins at once, and gathers what comes while a commit is under way', async () => {
    const { append, groups, appender } = await world()
    const outcomes = [append(1), append(2)]
    await settle()
    expect(groups.map(({ size }) => size)).toEqual([2])
    outcomes.push(append(3), append(4), append(5))
    await settle()
    expect(groups.map(({ size }) => size)).toEqual([2])
    groups[0]?.commit()
    await settle()
    expect(groups.map(({ size }) => size)).toEqual([2, 3])
    groups[1]?.commit()
    await appender.idle()
    expect((await Promise.all(outcomes)).map((outcome) => outcome.kind === 'ok' && outcome.seqs)).toEqual([
      [1],
      [2],
      [3],
      [4],
      [5],
    ])
  })

  it('refuses all of a transaction that failed, with the reason, and goes on', async () => {
    const { append, groups } = await world()
    const failing = [append(1), append(2)]
    await settle()
    groups[0]?.fail(createError('storage/full', 'No space.'))
    expect(await Promise.all(failing)).toMatchObject([
      { kind: 'failed', error: { code: 'storage/full' } },
      { kind: 'failed', error: { code: 'storage/full' } },
    ])
  })

  it('takes what nobody expected for no judgement of the storage', async () => {
    const { append, groups, health } = await world()
    const failing = append(1)
    await settle()
    groups[0]?.fail(new TypeError('what nobody expected'))
    expect(await failing).toMatchObject({
      kind: 'failed',
      error: { code: 'storage/unavailable', details: { retryAfterMs: 500 } },
    })
    expect(health.state).toEqual({ kind: 'well' })
  })

  it('takes no more than the queue holds, but always one', async () => {
    const { append, groups } = await world(1_000)
    const first = append(1, 'x'.repeat(5_000))
    const second = await append(5_001)
    expect(second).toMatchObject({
      kind: 'failed',
      error: { code: 'hub/overloaded', details: { retryAfterMs: 500 } },
    })
    await settle()
    groups[0]?.commit()
    expect(await first).toMatchObject({ kind: 'ok' })
    void append(5_001)
    await settle()
    expect(groups).toHaveLength(2)
  })
})

describe('the queue', () => {
  it('holds no more of one stream than it may, whatever there is for the others', async () => {
    const { append, groups } = await world(10_000, 1_000)
    const first = append(1, 'x'.repeat(900))
    expect(await append(901, 'x'.repeat(900))).toMatchObject({ error: { code: 'hub/overloaded' } })
    const other = append(1, 'x'.repeat(900), 'note:b')
    await settle()
    groups[0]?.commit()
    await settle()
    groups[1]?.commit()
    expect(await Promise.all([first, other])).toMatchObject([{ kind: 'ok' }, { kind: 'ok' }])
    void append(901, 'x'.repeat(900))
    await settle()
    expect(groups).toHaveLength(3)
  })
})

describe('a storage that takes no writes', () => {
  const full = createError('storage/full', 'No space.')
  const readOnly = createError('storage/read-only', 'Check permissions.')

  it('is left alone: what waits and what comes is refused at once, with a time to wait', async () => {
    const { system, append, groups, health } = await world()
    const first = append(1)
    await settle()
    const waiting = [append(2), append(3)]
    groups[0]?.fail(readOnly)
    expect(await Promise.all([first, ...waiting, append(4)])).toMatchObject(
      Array(4).fill({
        error: { code: 'storage/read-only', retryable: true, details: { retryAfterMs: expect.any(Number) } },
      }),
    )
    await settle()
    expect(groups).toHaveLength(1)
    expect(health.state).toMatchObject({ kind: 'read-only', sinceMs: system.nowMs() })
  })

  it('is tried with one write at a time, ever more seldom, until one is stored', async () => {
    const { system, append, groups, health, logged, appender } = await world()
    const tries: number[] = []
    const began = system.nowMs()
    void append(1)
    await settle()
    groups.pop()?.fail(full)
    for (let ms = 0; ms < 10_000; ms += 50) {
      await system.advance(50)
      for (let i = 0; i < 5; i++) void append(1)
      await settle()
      expect(groups.length, 'one of the five at most').toBeLessThan(2)
      if (groups.length === 0) continue
      expect(groups[0]?.size).toBe(1)
      tries.push(system.nowMs() - began)
      groups.pop()?.fail(full)
      await settle()
    }
    expect(tries).toEqual([100, 300, 700, 1_500, 3_100, 5_100, 7_100, 9_100])
    expect(logged).toHaveLength(1)

    await system.advance(2_000)
    const probe = append(1)
    await settle()
    const meanwhile = append(1)
    groups.pop()?.commit()
    expect(await probe).toMatchObject({ kind: 'ok', seqs: [1] })
    expect(await meanwhile).toMatchObject({ kind: 'failed', error: { code: 'storage/full' } })
    expect(health.state).toEqual({ kind: 'well' })
    expect(logged.slice(1)).toEqual(['the storage takes writes again'])
    const next = [append(2), append(3)]
    await settle()
    expect(groups[0]?.size).toBe(2)
    groups.pop()?.commit()
    expect(await Promise.all(next)).toMatchObject([{ kind: 'ok' }, { kind: 'ok' }])
    await appender.idle()
  })

  it('is not taken for well when an answer needed no write', async () => {
    const { system, append, groups, health } = await world()
    void append(1)
    await settle()
    groups.pop()?.commit()
    await settle()
    void append(2)
    await settle()
    groups.pop()?.fail(full)
    await system.advance(100)
    const repeated = append(1)
    await settle()
    groups.pop()?.commit()
    expect(await repeated, 'the answer it had').toMatchObject({ kind: 'ok', seqs: [1] })
    expect(health.state.kind).toBe('read-only')
    const probe = append(2)
    await settle()
    groups.pop()?.commit()
    expect(await probe).toMatchObject({ kind: 'ok', seqs: [2] })
    expect(health.state.kind).toBe('well')
  })
})
