import { describe, expect, it } from 'vitest'
import { EPOCH_MS, Process } from './process.js'
import { createRandom } from './random.js'
import { Scheduler } from './scheduler.js'

function createProcess(clockOffsetMs = 0) {
  const scheduler = new Scheduler((error) => {
    throw error
  })
  return { scheduler, process: new Process('client0', scheduler, createRandom('process'), clockOffsetMs) }
}

describe('Process', () => {
  it('has a clock that may be wrong, in whole milliseconds', async () => {
    const { scheduler, process } = createProcess(-1000)
    await scheduler.runUntil(250.7)
    expect(process.system.nowMs()).toBe(EPOCH_MS - 750)
    process.clockOffsetMs = 0
    expect(process.system.nowMs()).toBe(EPOCH_MS + 250)
  })

  it('draws chance from its own source', () => {
    const { process } = createProcess()
    expect(process.system.randomBytes(16)).toHaveLength(16)
    expect(process.system.randomBytes(16)).not.toEqual(process.system.randomBytes(16))
    expect(process.system.random()).toBeLessThan(1)
  })

  it('runs timers, and cancels them', async () => {
    const { scheduler, process } = createProcess()
    const ran: string[] = []
    process.system.setTimer(5, () => ran.push('kept'))
    process.system.setTimer(5, () => ran.push('cancelled'))()
    await scheduler.runUntil(10)
    expect(ran).toEqual(['kept'])
  })

  it('does nothing once it is dead', async () => {
    const { scheduler, process } = createProcess()
    const ran: string[] = []
    process.system.setTimer(5, () => ran.push('timer'))
    process.schedule(5, 'event', () => ran.push('event'))
    void process.delay(5, 'wait').then(() => ran.push('delay'))
    process.kill()
    process.run(() => ran.push('run'))
    process.schedule(5, 'event', () => ran.push('late'))
    await scheduler.runUntil(20)
    expect(ran).toEqual([])
    expect(process.isAlive).toBe(false)
  })
})
