import { createRandom, generateSession, type SessionEdit } from '@flowsync/testkit/sessions'
import { expect, it } from 'vitest'
import { toCodePoints } from './code-point-positions.js'

const playedByCodePoints = (edits: readonly SessionEdit[]) => {
  let characters: string[] = []
  for (const { position, deleteCount, insert } of edits) {
    characters = [...characters.slice(0, position), ...insert, ...characters.slice(position + deleteCount)]
  }
  return characters.join('')
}

it('counts a character above U+FFFF once', () => {
  const edits = [
    { position: 0, deleteCount: 0, insert: 'a🎈b' },
    { position: 3, deleteCount: 0, insert: '.' },
    { position: 1, deleteCount: 2, insert: '' },
  ]
  expect(toCodePoints(edits)).toEqual([
    { position: 0, deleteCount: 0, insert: 'a🎈b' },
    { position: 2, deleteCount: 0, insert: '.' },
    { position: 1, deleteCount: 1, insert: '' },
  ])
})

it('gives the same text for a session with many of them', () => {
  const { edits, endContent } = generateSession(8_000, 'code points')
  expect(endContent).toMatch(/[\ud800-\udbff]/)
  expect(playedByCodePoints(toCodePoints(edits))).toBe(endContent)
})

it('leaves a session without them as it is', () => {
  const edits = [{ position: 0, deleteCount: 0, insert: createRandom(1).pick(['a', 'b']) }]
  expect(toCodePoints(edits)).toBe(edits)
})
