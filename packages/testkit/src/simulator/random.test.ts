import { describe, expect, it } from 'vitest'
import { createRandom } from './random.js'

describe('createRandom', () => {
  it('gives the same numbers for the same seed, and others for another', () => {
    const draw = (seed: number) => {
      const random = createRandom(seed)
      return Array.from({ length: 20 }, () => random.int(1_000_000))
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('never changes: seeds in reports must mean the same for ever', () => {
    const random = createRandom(1)
    expect([random.int(1000), random.int(1000), random.int(1000)]).toMatchInlineSnapshot(`
      [
        324,
        107,
        516,
      ]
    `)
  })

  it('forks a source that does not depend on what was drawn before', () => {
    const fresh = createRandom('a')
    const used = createRandom('a')
    used.next()
    expect(used.fork('network').bytes(16)).toEqual(fresh.fork('network').bytes(16))
    expect(used.fork('network').bytes(16)).not.toEqual(fresh.fork('disk').bytes(16))
  })

  it('covers its ranges', () => {
    const random = createRandom('ranges')
    const seen = new Set(Array.from({ length: 500 }, () => random.between(3, 6)))
    expect([...seen].sort()).toEqual([3, 4, 5, 6])
    expect(() => random.pick([])).toThrow(RangeError)
    const share = Array.from({ length: 4000 }, () => random.chance(0.25)).filter(Boolean).length / 4000
    expect(share).toBeGreaterThan(0.2)
    expect(share).toBeLessThan(0.3)
  })
})
