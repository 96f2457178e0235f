import { createRandom } from '@flowsync/testkit/sessions'
import { describe, expect, it } from 'vitest'
import { generateBranch, generateText, type EditingStyle } from './branches.js'
import { generateConcurrentSession } from './concurrent-session.js'

describe.each<EditingStyle>(['bursty', 'random'])('a %s branch', (style) => {
  const edits = generateBranch(createRandom('branches'), style, 3_000, 500)

  it('has the wanted number of edits, of one character each', () => {
    expect(edits).toHaveLength(3_000)
    expect(edits.every(({ deleteCount, insert }) => deleteCount + insert.length === 1)).toBe(true)
  })

  it('edits nothing beyond the text', () => {
    let length = 500
    for (const { position, deleteCount, insert } of edits) {
      expect(position).toBeGreaterThanOrEqual(0)
      expect(position + deleteCount).toBeLessThanOrEqual(length)
      length += insert.length - deleteCount
    }
  })

  it('deletes about one time in ten', () => {
    const share = edits.filter(({ deleteCount }) => deleteCount > 0).length / edits.length
    expect(share).toBeGreaterThan(0.05)
    expect(share).toBeLessThan(0.2)
  })

  it('is the same for the same seed only', () => {
    expect(generateBranch(createRandom('branches'), style, 3_000, 500)).toEqual(edits)
    expect(generateBranch(createRandom('others'), style, 3_000, 500)).not.toEqual(edits)
  })
})

it('a burst goes on where it was, and random edits do not', () => {
  const jumps = (style: EditingStyle) => {
    const edits = generateBranch(createRandom(1), style, 2_000, 5_000)
    return edits.filter((edit, index) => Math.abs(edit.position - (edits[index - 1]?.position ?? 0)) > 1)
      .length
  }
  expect(jumps('bursty')).toBeLessThan(400)
  expect(jumps('random')).toBeGreaterThan(1_900)
})

it('generateText is as long as asked, and plain', () => {
  expect(generateText(createRandom(1), 300)).toMatch(/^[a-z ]{300}$/)
})

it('a concurrent session refers to nothing that its author had not seen', () => {
  const { steps } = generateConcurrentSession(createRandom(1), 2_000)
  const typed: [number, number] = [0, 0]
  const seen: [number, number] = [0, 0]
  for (const { agent, seenOfOther, edits } of steps) {
    expect(seenOfOther).toBeLessThanOrEqual(typed[agent === 0 ? 1 : 0])
    expect(seenOfOther).toBeGreaterThanOrEqual(seen[agent])
    seen[agent] = seenOfOther
    for (const { position } of edits) expect(position).toBeLessThanOrEqual(typed[agent] + seenOfOther)
    typed[agent]++
  }
  expect(steps).toHaveLength(2_000)
  expect(Math.min(...typed)).toBeGreaterThan(500)
})
