import { describe, expect, it } from 'vitest'
import { Checkpoints } from './checkpoints.js'

describe('checkpoints', () => {
  const ops = 20_000
  function made(): Checkpoints<number> {
    const checkpoints = new Checkpoints(0)
    for (let version = 1; version <= ops; version++) checkpoints.add(version, 2 * version)
    return checkpoints
  }

  it('are never much further back than needed', () => {
    const checkpoints = made()
    for (let needed = ops; needed > 0; needed--) {
      const { version, value } = checkpoints.dropUntil((version) => version <= needed)
      expect(value).toBe(2 * version)
      expect(version).toBeLessThanOrEqual(needed)
      expect(needed - version).toBeLessThanOrEqual((ops - needed) / 2 + 1)
    }
  })

  it('are few', () => {
    const checkpoints = made()
    let count = 0
    checkpoints.dropUntil(() => ++count < 0)
    expect(count).toBeLessThan(100)
    expect(checkpoints.last).toEqual({ version: 0, value: 0 })
  })

  it('begin with one that is always valid', () => {
    const checkpoints = new Checkpoints('first')
    expect(checkpoints.dropUntil(() => false)).toEqual({ version: 0, value: 'first' })
    checkpoints.add(0, 'again')
    expect(checkpoints.last.value).toBe('first')
  })
})
