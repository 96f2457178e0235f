import { expect, it } from 'vitest'
import { nextDelayMs } from './backoff.js'

const bounds = { baseMs: 100, capMs: 5_000 }

it.each([
  [0, 0, 0],
  [0, 0.5, 50],
  [1, 0.5, 100],
  [3, 0.999, 799],
  [5, 0.5, 1_600],
  [6, 0.5, 2_500],
  [60, 0.5, 2_500],
  [5_000, 0.999, 4_995],
])('attempt %i with chance %f waits %i ms', (attempt, random, delayMs) => {
  expect(nextDelayMs(attempt, random, bounds)).toBe(delayMs)
})
