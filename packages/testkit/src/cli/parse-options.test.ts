import { describe, expect, it } from 'vitest'
import { probability, wholeNumber } from './parse-options.js'

describe('options', () => {
  it('takes whole numbers from a lowest on', () => {
    expect(wholeNumber(1)('12')).toBe(12)
    for (const text of ['0', '-1', '1.5', '', 'x', '1e3', '99999999999'])
      expect(() => wholeNumber(1)(text)).toThrow()
  })

  it('takes probabilities', () => {
    expect(['0', '1', '0.25', '.5', '1.0'].map(probability)).toEqual([0, 1, 0.25, 0.5, 1])
    for (const text of ['1.1', '-0.1', '20%', '', 'NaN']) expect(() => probability(text)).toThrow()
  })
})
