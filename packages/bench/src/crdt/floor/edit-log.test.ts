import { createRandom, generateSession } from '@flowsync/testkit/sessions'
import { describe, expect, it } from 'vitest'
import { EditLog } from './edit-log.js'
import { GapText } from './gap-text.js'
import { VarintReader, VarintWriter } from './varints.js'

const session = generateSession(3_000, 'floor')

function encoded(log: EditLog): Uint8Array {
  const writer = new VarintWriter()
  log.encode(writer)
  return writer.take()
}

it('GapText holds the text that a session gives', () => {
  const text = new GapText()
  for (const { position, deleteCount, insert } of session.edits) text.splice(position, deleteCount, insert)
  expect(text.toString()).toBe(session.endContent)
  expect(text.length).toBe(session.endContent.length)
})

it('GapText is a string that is edited anywhere', () => {
  const random = createRandom('gap')
  const text = new GapText('start')
  let expected = 'start'
  for (let step = 0; step < 500; step++) {
    const position = random.between(0, expected.length)
    const deleteCount = random.between(0, Math.min(20, expected.length - position))
    const insert = 'é'.repeat(random.between(0, 60))
    text.splice(position, deleteCount, insert)
    expected = expected.slice(0, position) + insert + expected.slice(position + deleteCount)
    expect(text.length).toBe(expected.length)
  }
  expect(text.toString()).toBe(expected)
})

describe('EditLog', () => {
  it('is the same after it was encoded and decoded', () => {
    const log = new EditLog()
    for (const edit of session.edits) log.add(edit)
    const bytes = encoded(log)
    expect(encoded(EditLog.decode(new VarintReader(bytes)))).toEqual(bytes)
  })

  it('joins what was typed or deleted in a go', () => {
    const typed = new EditLog()
    for (let position = 0; position < 1_000; position++) typed.add({ position, deleteCount: 0, insert: 'a' })
    for (let position = 999; position >= 500; position--) typed.add({ position, deleteCount: 1, insert: '' })
    // The thousand letters, and a few bytes for two runs.
    expect(encoded(typed).length).toBeLessThan(1_015)
  })

  it('keeps edits at other places apart', () => {
    const joined = new EditLog()
    const apart = new EditLog()
    for (const [index, insert] of [...'abcd'].entries()) {
      joined.add({ position: index, deleteCount: 0, insert })
      apart.add({ position: 0, deleteCount: 0, insert })
    }
    expect(encoded(apart).length).toBeGreaterThan(encoded(joined).length)
  })
})

describe('varints', () => {
  it.each([0, 127, 128, 300, 2 ** 31, Number.MAX_SAFE_INTEGER])('keep %d', (value) => {
    const writer = new VarintWriter()
    writer.number(value)
    expect(new VarintReader(writer.take()).number()).toBe(value)
  })

  it.each([0, -1, 1, -64, 64, -100_000])('keep %d with its sign', (value) => {
    const writer = new VarintWriter()
    writer.signed(value)
    expect(new VarintReader(writer.take()).signed()).toBe(value)
  })

  it.each(['', 'a', 'é', '👩‍💻'.repeat(100), 'x'.repeat(1_000)])('keep the text %j', (text) => {
    const writer = new VarintWriter()
    writer.text(text)
    writer.number(7)
    const reader = new VarintReader(writer.take())
    expect([reader.text(), reader.number()]).toEqual([text, 7])
  })
})
