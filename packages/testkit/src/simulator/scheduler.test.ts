import { describe, expect, it } from 'vitest'
import { createRandom } from './random.js'
import { Scheduler } from './scheduler.js'

const rethrow = (error: unknown) => {
  throw error
}

describe('Scheduler', () => {
  it('runs events by time, and by the order of scheduling within one instant', async () => {
    const scheduler = new Scheduler(rethrow)
    const random = createRandom('heap')
    const expected: { atMs: number; index: number }[] = []
    const ran: number[] = []
    for (let index = 0; index < 500; index++) {
      const atMs = random.int(50)
      expected.push({ atMs, index })
      scheduler.schedule(atMs, 'event', () => ran.push(index))
    }
    await scheduler.runUntil(1000)
    expected.sort((a, b) => a.atMs - b.atMs || a.index - b.index)
    expect(ran).toEqual(expected.map(({ index }) => index))
    expect(scheduler.nowMs).toBe(1000)
    expect(scheduler.eventCount).toBe(500)
  })

  it('lets promise chains end before the next event of the same instant', async () => {
    const scheduler = new Scheduler(rethrow)
    const ran: string[] = []
    const chain = async () => {
      for (let turn = 0; turn < 30; turn++) await Promise.resolve()
      ran.push('chain')
    }
    scheduler.schedule(5, 'first', () => void chain())
    scheduler.schedule(5, 'second', () => ran.push('second'))
    await scheduler.runUntil(5)
    expect(ran).toEqual(['chain', 'second'])
  })

  it('does not run what was cancelled, nor what lies beyond the limit', async () => {
    const scheduler = new Scheduler(rethrow)
    const ran: string[] = []
    scheduler.schedule(1, 'cancelled', () => ran.push('cancelled'))()
    scheduler.schedule(11, 'later', () => ran.push('later'))
    expect(await scheduler.runUntil(10)).toBe(false)
    expect(ran).toEqual([])
    expect(scheduler.nowMs).toBe(10)
    await scheduler.runUntil(11)
    expect(ran).toEqual(['later'])
  })

  it('stops as soon as the condition holds', async () => {
    const scheduler = new Scheduler(rethrow)
    let count = 0
    const tick = (): void => {
      count++
      scheduler.schedule(10, 'tick', tick)
    }
    tick()
    expect(await scheduler.runUntil(1000, () => count === 4)).toBe(true)
    expect(scheduler.nowMs).toBe(30)
  })

  it('hands what an event throws to its owner and goes on', async () => {
    const errors: string[] = []
    const scheduler = new Scheduler((error, label) => errors.push(`${label}: ${String(error)}`))
    scheduler.schedule(1, 'bad', () => {
      throw new Error('broken')
    })
    let isReached = false
    scheduler.schedule(2, 'good', () => {
      isReached = true
    })
    await scheduler.runUntil(3)
    expect(errors).toEqual(['bad: Error: broken'])
    expect(isReached).toBe(true)
  })
})
