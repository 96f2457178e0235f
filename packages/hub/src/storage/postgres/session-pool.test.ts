import { createError } from '@flowsync/protocol'
import { describe, expect, it } from 'vitest'
import { ManualSystem, settle } from '../../tests/manual-system.js'
import { mergeRanges } from './replica-places.js'
import type { Session } from './session.js'
import { SessionPool } from './session-pool.js'

class FakeSession {
  isBroken = false
  isEnded = false
  async end(): Promise<void> {
    this.isEnded = true
  }
}

function createPool(size: number) {
  const system = new ManualSystem()
  const made: FakeSession[] = []
  let failures = 0
  const pool = new SessionPool({
    size,
    waitMs: 1_000,
    system,
    connect: async () => {
      if (failures-- > 0) throw createError('storage/unavailable', 'Nobody answers.')
      const session = new FakeSession()
      made.push(session)
      return session as unknown as Session
    },
  })
  const fail = (times: number): void => {
    failures = times
  }
  return { pool, system, made, fail }
}

/** Work that lasts until it is told to end. */
function createWork() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { run: () => promise, end: resolve }
}

describe('SessionPool', () => {
  it('opens no more than it may, keeps them, and serves in order', async () => {
    const { pool, made, system } = createPool(2)
    const works = [createWork(), createWork(), createWork(), createWork()]
    const order: number[] = []
    const uses = works.map((work, index) =>
      pool.use(async () => {
        order.push(index)
        await work.run()
      }),
    )
    await settle()
    expect(order).toEqual([0, 1])
    works[1]?.end()
    await settle()
    expect(order).toEqual([0, 1, 2])
    for (const work of works) work.end()
    await Promise.all(uses)
    expect(made).toHaveLength(2)
    expect(system.timerCount).toBe(0)
  })

  it('replaces a broken connection, also for who waits', async () => {
    const { pool, made } = createPool(1)
    const first = pool.use(async (session) => {
      session.isBroken = true
    })
    const second = pool.use(async (session) => session)
    await first
    expect(await second).toBe(made[1])
    await pool.use(async (session) => {
      session.isBroken = true
    })
    await pool.use(async () => undefined)
    expect(made).toHaveLength(3)
  })

  it('goes on after a connection could not be made', async () => {
    const { pool, fail } = createPool(1)
    fail(2)
    const uses = [1, 2, 3].map((number) => pool.use(async () => number))
    const endings = await Promise.allSettled(uses)
    expect(endings.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  })

  it('lets nobody wait for ever', async () => {
    const { pool, system } = createPool(1)
    const work = createWork()
    const busy = pool.use(work.run)
    const waiting = expect(pool.use(async () => 'late')).rejects.toMatchObject({
      code: 'storage/unavailable',
    })
    await system.advance(1_000)
    await waiting
    work.end()
    await busy
    expect(await pool.use(async () => 'again')).toBe('again')
  })

  it('finishes what it has begun, and what waits, before it closes', async () => {
    const { pool, made } = createPool(1)
    const work = createWork()
    const uses = [pool.use(work.run), pool.use(async () => 'done')]
    const closing = pool.close()
    await expect(pool.use(async () => 'too late')).rejects.toMatchObject({ code: 'storage/unavailable' })
    work.end()
    await closing
    expect(await uses[1]).toBe('done')
    expect(made[0]?.isEnded).toBe(true)
  })
})

describe('mergeRanges', () => {
  it('joins what overlaps or touches, within a stream', () => {
    const range = (stream: number, low: number, high: number) => ({ stream, low, high })
    expect(
      mergeRanges([range(2, 1, 5), range(1, 50, 60), range(1, 1, 10), range(1, 5, 8), range(1, 11, 20)]),
    ).toEqual([range(1, 1, 20), range(1, 50, 60), range(2, 1, 5)])
    expect(mergeRanges([])).toEqual([])
  })
})
