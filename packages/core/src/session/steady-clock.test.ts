import { createSystem } from '@flowsync/protocol'
import { expect, it } from 'vitest'
import { withSteadyClock } from './steady-clock.js'

it('measures durations, whatever happens to the clock', () => {
  let nowMs = 1_000_000
  const steady = withSteadyClock({ ...createSystem(), nowMs: () => nowMs })
  expect(steady.nowMs()).toBe(0)
  nowMs += 500
  expect(steady.nowMs()).toBe(500)
  nowMs -= 8 * 365 * 86_400_000
  expect(steady.nowMs()).toBe(500)
  nowMs += 700
  expect(steady.nowMs()).toBe(1200)
  nowMs += 8 * 365 * 86_400_000
  expect(steady.nowMs()).toBe(1200)
  nowMs += 100
  expect(steady.nowMs()).toBe(1300)
})
