import { expect, it } from 'vitest'
import { Samples } from './samples.js'

it('gives the nearest rank, whatever the order and the number', () => {
  const samples = new Samples()
  for (let value = 5_000; value >= 1; value--) samples.add(value)
  expect([0, 0.5, 0.99, 1].map((part) => samples.quantile(part))).toEqual([1, 2_500, 4_950, 5_000])
  samples.clear()
  for (const value of [3, 1, 2]) samples.add(value)
  expect([samples.length, samples.quantile(0.5), samples.quantile(0.99)]).toEqual([3, 2, 3])
})

it('has no quantile of nothing', () => {
  expect(() => new Samples().quantile(0.5)).toThrow(RangeError)
})
