import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSystem } from './system.js'

const DAY_MS = 24 * 60 * 60 * 1000

describe('timers', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('fire once, after their delay', () => {
    const fn = vi.fn()
    createSystem().setTimer(100, fn)
    vi.advanceTimersByTime(99)
    expect(fn).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1_000)
    expect(fn).toHaveBeenCalledTimes(1)
  })

  it('can be cancelled, twice and after they fired', () => {
    const system = createSystem()
    const fn = vi.fn()
    const cancel = system.setTimer(100, fn)
    cancel()
    cancel()
    vi.advanceTimersByTime(1_000)
    expect(fn).not.toHaveBeenCalled()

    const cancelLate = system.setTimer(100, fn)
    vi.advanceTimersByTime(1_000)
    cancelLate()
    expect(fn).toHaveBeenCalledTimes(1)
  })

  it('may be longer than the 24.8 days that engines count', () => {
    const system = createSystem()
    const fn = vi.fn()
    const cancelled = vi.fn()
    system.setTimer(60 * DAY_MS, fn)
    const cancel = system.setTimer(60 * DAY_MS, cancelled)
    vi.advanceTimersByTime(50 * DAY_MS)
    cancel()
    vi.advanceTimersByTime(10 * DAY_MS - 1)
    expect(fn).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(fn).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(60 * DAY_MS)
    expect(cancelled).not.toHaveBeenCalled()
  })
})

describe('chance', () => {
  it('gives as many bytes as wanted, all of them random', () => {
    const { randomBytes } = createSystem()
    expect(randomBytes(0)).toHaveLength(0)
    const many = randomBytes(70_000)
    expect(many).toHaveLength(70_000)
    expect(new Set(many.subarray(66_000)).size).toBeGreaterThan(200)
  })

  it('gives numbers from 0 up to 1', () => {
    const { random } = createSystem()
    for (const value of Array.from({ length: 100 }, random)) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThan(1)
    }
  })
})

it('the clock is that of the machine', () => {
  vi.useFakeTimers({ now: 1_700_000_000_000 })
  expect(createSystem().nowMs()).toBe(1_700_000_000_000)
  vi.useRealTimers()
})
