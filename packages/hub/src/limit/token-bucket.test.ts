import { describe, expect, it } from 'vitest'
import { TokenBucket } from './token-bucket.js'

describe('TokenBucket', () => {
  it('lets a burst pass, then the rate', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0)
    expect([bucket.take(1, 0), bucket.take(2, 0), bucket.take(1, 0)]).toEqual([0, 0, 100])
    expect([bucket.take(1, 50), bucket.take(1, 100), bucket.take(1, 100)]).toEqual([50, 0, 100])
    expect([bucket.take(3, 10_000), bucket.take(1, 10_000)]).toEqual([0, 100])
  })

  it('lets more than a burst pass when it is full, and is empty for longer', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0)
    expect(bucket.take(5, 0)).toBe(0)
    expect(bucket.take(1, 0)).toBe(300)
    expect(bucket.take(5, 0)).toBe(500)
    expect(bucket.take(5, 500)).toBe(0)
  })

  it('survives a clock that jumps back', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 1_000_000)
    expect(bucket.take(1, 0)).toBe(0)
    expect(bucket.take(1, 0)).toBe(0)
    expect(bucket.take(1, 0)).toBe(100)
    expect(bucket.take(1, 100)).toBe(0)
  })
})
