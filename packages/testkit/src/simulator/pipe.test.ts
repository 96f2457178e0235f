import { describe, expect, it } from 'vitest'
import { Pipe } from './pipe.js'
import { createRandom } from './random.js'
import { Scheduler } from './scheduler.js'

function createPipe(seed: number) {
  const scheduler = new Scheduler((error) => {
    throw error
  })
  const arrived: number[] = []
  const pipe = new Pipe<number>(
    { scheduler, random: createRandom(seed), label: 'pipe', latency: { lowMs: 1, highMs: 20 } },
    (item) => arrived.push(item),
  )
  return { scheduler, arrived, pipe }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('Pipe', () => {
  it('delivers in order, after a latency', async () => {
    const { scheduler, arrived, pipe } = createPipe(1)
    for (const item of numbers(30)) pipe.send(item)
    await scheduler.runUntil(0.9)
    expect(arrived).toEqual([])
    await scheduler.runUntil(21)
    expect(arrived).toEqual(numbers(30))
  })

  it('holds everything while stalled and keeps the order afterwards', async () => {
    const { scheduler, arrived, pipe } = createPipe(2)
    pipe.send(0)
    pipe.stall()
    pipe.send(1)
    await scheduler.runUntil(100)
    expect(arrived).toEqual([])
    pipe.resume()
    pipe.send(2)
    await scheduler.runUntil(200)
    expect(arrived).toEqual([0, 1, 2])
  })

  it('loses only a suffix when cut, of any length', async () => {
    const lengths = new Set<number>()
    for (const seed of numbers(60)) {
      const { scheduler, arrived, pipe } = createPipe(seed)
      for (const item of numbers(3)) pipe.send(item)
      pipe.cut(-1)
      pipe.cut(-2)
      pipe.send(99)
      await scheduler.runUntil(100)
      expect(arrived.pop()).toBe(-1)
      expect(arrived).toEqual(numbers(arrived.length))
      lengths.add(arrived.length)
    }
    expect([...lengths].sort()).toEqual([0, 1, 2, 3])
  })
})
