import { describe, expect, it } from 'vitest'
import { generateSession } from './generate-session.js'

describe('generateSession', () => {
  it('gives exactly as many edits as wanted, and they lead to its end content', () => {
    const session = generateSession(3000, 5)
    expect(session.edits).toHaveLength(3000)
    let text = ''
    for (const { position, deleteCount, insert } of session.edits) {
      expect(position + deleteCount).toBeLessThanOrEqual(text.length)
      expect(deleteCount > 0 || insert !== '').toBe(true)
      text = text.slice(0, position) + insert + text.slice(position + deleteCount)
      expect(text.isWellFormed()).toBe(true)
    }
    expect(text).toBe(session.endContent)
    expect(text.length).toBeGreaterThan(1500)
    expect(/[\ud800-\udbff]/.test(text)).toBe(true)
  })

  it('depends on nothing but its seed', () => {
    expect(generateSession(500, 'a')).toEqual(generateSession(500, 'a'))
    expect(generateSession(500, 'a').endContent).not.toBe(generateSession(500, 'b').endContent)
  })
})
