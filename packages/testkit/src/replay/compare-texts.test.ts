import { describe, expect, it } from 'vitest'
import { describeDifference, hasSameCharacters } from './compare-texts.js'

describe('describeDifference', () => {
  it('says nothing of equal texts and where others part', () => {
    expect(describeDifference('abc', 'abc')).toBeUndefined()
    expect(describeDifference('abXc', 'abc')).toBe(
      '4 units instead of 3; they part at 2: "abXc" instead of "abc"',
    )
    expect(describeDifference('', 'a')).toContain('part at 0')
  })
})

describe('hasSameCharacters', () => {
  it('counts characters, not places', () => {
    expect(hasSameCharacters('a🎈b', '🎈ba')).toBe(true)
    expect(hasSameCharacters('aab', 'abb')).toBe(false)
  })
})
