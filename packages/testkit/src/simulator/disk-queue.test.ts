import { describe, expect, it } from 'vitest'
import { DiskQueue } from './disk-queue.js'
import { Process } from './process.js'
import { createRandom } from './random.js'
import { Scheduler } from './scheduler.js'

function createDisk(seed: number) {
  const scheduler = new Scheduler((error) => {
    throw error
  })
  const process = new Process('hub', scheduler, createRandom(seed))
  const disk = new DiskQueue({
    process,
    random: createRandom(seed),
    latency: { lowMs: 1, highMs: 9 },
    nowMs: () => scheduler.nowMs,
  })
  const platter: number[] = []
  const reported: number[] = []
  const write = (item: number) =>
    disk
      .run('write', async () => {
        platter.push(item)
      })
      .then(() => reported.push(item))
  return { scheduler, process, disk, platter, reported, write }
}

describe('DiskQueue', () => {
  it('stores and reports in the order of the calls, each after its latency', async () => {
    const { scheduler, platter, reported, write } = createDisk(1)
    for (let item = 0; item < 10; item++) void write(item)
    await scheduler.runUntil(0.5)
    expect(platter).toEqual([])
    await scheduler.runUntil(100)
    expect(platter).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(reported).toEqual(platter)
  })

  it('loses what was not durable when the process died, and may keep what was not reported', async () => {
    const outcomes = new Set<string>()
    for (let seed = 0; seed < 200; seed++) {
      const { scheduler, process, platter, reported, write } = createDisk(seed)
      for (let item = 0; item < 3; item++) void write(item)
      await scheduler.runUntil(createRandom(`kill${seed}`).next() * 10)
      process.kill()
      const durable = [...platter]
      await scheduler.runUntil(100)
      expect(platter).toEqual(durable)
      expect(platter.slice(0, reported.length)).toEqual(reported)
      outcomes.add(`${platter.length}/${reported.length}`)
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['0/0', '1/0', '3/3']))
  })

  it('passes failures on and goes on with the next', async () => {
    const { scheduler, disk, reported, write } = createDisk(3)
    const failed = disk.run('bad', () => Promise.reject(new Error('full')))
    const outcome = failed.catch((error: unknown) => String(error))
    void write(1)
    await scheduler.runUntil(100)
    expect(await outcome).toBe('Error: full')
    expect(reported).toEqual([1])
  })
})
