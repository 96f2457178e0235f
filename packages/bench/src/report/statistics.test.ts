import { describe, expect, it } from 'vitest'
import { median, planRuns } from './statistics.js'

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 2, 10], 3],
    [[100, 20, 3], 20],
  ])('of %j is %d', (figures, middle) => {
    expect(median(figures)).toBe(middle)
  })

  it('leaves its argument alone, and does not make one up', () => {
    const figures = [3, 1, 2]
    median(figures)
    expect(figures).toEqual([3, 1, 2])
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('planRuns', () => {
  it('runs what is fast as often as asked, and warms it up', () => {
    expect(planRuns(10, 7)).toEqual({ warmUps: 20, runs: 9 })
    expect(planRuns(200, 7)).toEqual({ warmUps: 6, runs: 7 })
    expect(planRuns(900, 7)).toEqual({ warmUps: 1, runs: 7 })
    expect(planRuns(1_500, 7)).toEqual({ warmUps: 0, runs: 5 })
  })

  it('spares what is slow, and never runs it more often than asked', () => {
    expect(planRuns(2_000, 7)).toEqual({ warmUps: 0, runs: 3 })
    expect(planRuns(2_000, 2)).toEqual({ warmUps: 0, runs: 2 })
    expect(planRuns(10_000, 7)).toEqual({ warmUps: 0, runs: 1 })
  })
})
