import { expect, it } from 'vitest'
import { LatencyRecorder } from './latency.js'

it('tells percentiles by nearest rank', () => {
  const latency = new LatencyRecorder()
  expect(latency.percentile(0.5)).toBe(0)
  for (let value = 3000; value >= 1; value--) latency.add(value)
  expect(latency.percentile(0.5)).toBe(1500)
  expect(latency.percentile(0.99)).toBe(2970)
  expect(latency.percentile(1)).toBe(3000)
})
