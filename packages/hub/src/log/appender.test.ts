import { createError } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { put, replica } from '../tests/engine-world.js'
import { settle } from '../tests/manual-system.js'
import type { AppendBatch, AppendOutcome, LogDriver } from '../storage/driver.js'
import { memory } from '../storage/memory.js'
import { Appender } from './appender.js'

/** A storage whose transactions end when told to. */
async function world(queuedBytes = 1_000_000) {
  const inner = memory()
  await inner.open()
  const { epoch } = await inner.openStream({
    workspace: 'acme',
    stream: 'note:a',
    rule: 'tape',
    ruleVersion: 1,
  })
  const groups: { size: number; commit: () => void; fail: (error: Error) => void }[] = []
  const storage: LogDriver = Object.assign(Object.create(inner) as LogDriver, {
    append: (batches: readonly AppendBatch[]) =>
      new Promise<readonly AppendOutcome[]>((resolve, reject) => {
        groups.push({ size: batches.length, commit: () => resolve(inner.append(batches)), fail: reject })
      }),
  })
  const appender = new Appender(storage, queuedBytes)
  const append = (counter: number, text = 'x') =>
    appender.append({
      workspace: 'acme',
      stream: 'note:a',
      epoch,
      subject: 'ada',
      ops: [put(replica(1), counter, text)],
    })
  return { appender, append, groups }
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
    const next = append(1)
    await settle()
    groups[1]?.fail(new TypeError('what nobody expected'))
    expect(await next).toMatchObject({ kind: 'failed', error: { code: 'storage/unavailable' } })
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
