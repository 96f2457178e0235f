import { describe, expect, it } from 'vitest'
import { ManualSystem } from '../tests/manual-system.js'
import { type Departing, departedAfter, sendAway } from './departures.js'

describe('how many have been asked to go', () => {
  it.each([
    [10, 0, 1_000, 1],
    [10, 99, 1_000, 1],
    [10, 100, 1_000, 2],
    [10, 999, 1_000, 10],
    [10, 5_000, 1_000, 10],
    [10, 0, 0, 10],
    [0, 0, 1_000, 0],
    [1, 0, 1_000, 1],
    [20_000, 500, 1_000, 10_001],
  ])('of %d after %d of %d ms: %d', (count, elapsedMs, spreadMs, expected) => {
    expect(departedAfter(count, elapsedMs, spreadMs)).toBe(expected)
  })
})

class Guest implements Departing {
  isGone = false
  askedMs: number | undefined
  reconnectAfterMs = 0
  private readonly system: ManualSystem

  constructor(system: ManualSystem) {
    this.system = system
  }

  sendAway(reconnectAfterMs: number): void {
    this.askedMs = this.system.nowMs()
    this.reconnectAfterMs = reconnectAfterMs
  }
}

function party(count: number) {
  const system = new ManualSystem()
  let random = 0
  system.random = () => (random = (random * 16_807 + 7_919) % 2_147_483_647) / 2_147_483_647
  const guests = Array.from({ length: count }, () => new Guest(system))
  return { system, guests, startedMs: system.nowMs() }
}

describe('sending everybody away', () => {
  it('asks each once, evenly over the time, in no order', async () => {
    const { system, guests, startedMs } = party(200)
    const done = sendAway(guests, 10_000, system)
    await system.advance(10_000)
    await done
    const times = guests.map(({ askedMs }) => (askedMs ?? 0) - startedMs)
    for (let windowMs = 0; windowMs < 10_000; windowMs += 1_000) {
      const inWindow = times.filter((ms) => ms >= windowMs && ms < windowMs + 1_000)
      expect(inWindow.length).toBeGreaterThanOrEqual(19)
      expect(inWindow.length).toBeLessThanOrEqual(21)
    }
    expect(times, 'not in the order in which they came').not.toEqual([...times].sort((a, b) => a - b))
    for (const { reconnectAfterMs } of guests) {
      expect(reconnectAfterMs).toBeGreaterThanOrEqual(100)
      expect(reconnectAfterMs).toBeLessThan(500)
    }
  })

  it('does not wait when everybody has gone', async () => {
    const { system, guests } = party(10)
    const done = sendAway(guests, 10_000, system)
    await system.advance(1_000)
    for (const guest of guests) guest.isGone = true
    await system.advance(10)
    await done
    expect(guests.filter(({ askedMs }) => askedMs !== undefined)).toHaveLength(2)
    expect(system.timerCount).toBe(0)
  })

  it('ends though the clock is set back meanwhile', async () => {
    const { system, guests } = party(10)
    const done = sendAway(guests, 1_000, system)
    await system.advance(100)
    system.setBack(3_600_000)
    await system.advance(1_000)
    await done
    expect(guests.every(({ askedMs }) => askedMs !== undefined)).toBe(true)
  })

  it('asks all at once without a time to spread over, and nobody when there is nobody', async () => {
    const { system, guests } = party(10)
    await sendAway(guests, 0, system)
    expect(guests.every(({ askedMs }) => askedMs !== undefined)).toBe(true)
    await sendAway([], 10_000, system)
  })
})
