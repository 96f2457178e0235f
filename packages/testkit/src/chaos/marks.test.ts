import { describe, expect, it } from 'vitest'
import { createRandom } from '../simulator/random.js'
import { drawEdit } from './draw-edit.js'
import { counterOf, markOf, marksIn, readKnown, streamsOf, weightOf } from './marks.js'

describe('readKnown', () => {
  it('tells how far each author has come', () => {
    expect(readKnown('doc:0', '[0.1][2.3][0.2]', 3)).toEqual({ known: [2, 0, 3] })
    expect(readKnown('set:0', new Set(['[1.4]']), 3)).toEqual({ known: [0, 4, 0] })
    expect(readKnown('log:0', ['[1.1]', '[0.1]', '[1.2]'], 3)).toEqual({ known: [1, 2, 0] })
    expect(readKnown(counterOf(4), 7 * weightOf(4) + 131_071 * weightOf(3), 6)).toEqual({
      known: [0, 0, 0, 131_071, 7, 0],
    })
  })

  it('tells what nobody can have written', () => {
    expect(readKnown('doc:0', '[0.[1.1]1]', 2).problem).toBe(
      'it holds what nobody wrote, or torn pieces of it',
    )
    expect(readKnown('log:0', ['[0.1]', '[0.3]'], 1).problem).toBe('[0.3] stands after [0.1]')
    expect(readKnown('log:0', ['[0.1]', '[0.1]'], 1).problem).toBe('[0.1] stands after [0.1]')
    expect(readKnown('counter:0', -1, 3).problem).toBe('-1 is no sum of increments')
    expect(readKnown('counter:0', 0.5, 3).problem).toBe('0.5 is no sum of increments')
  })
})

describe('drawEdit', () => {
  it('keeps marks whole and the newest of each author in place', () => {
    const random = createRandom('marks')
    for (const stream of ['doc:0', 'set:0']) {
      let value: string | ReadonlySet<string> = stream === 'doc:0' ? '' : new Set<string>()
      const made = [0, 0, 0]
      for (let step = 0; step < 500; step++) {
        const author = random.int(3)
        const { intent, isMarked } = drawEdit(stream, value, random, author, (made[author] ?? 0) + 1)
        if (isMarked) made[author] = (made[author] ?? 0) + 1
        if (typeof value === 'string') {
          const { pos, length = 0, text = '' } = intent as { pos?: number; length?: number; text?: string }
          value = value.slice(0, pos) + text + value.slice((pos ?? 0) + length)
        } else {
          const next: Set<string> = new Set(value)
          if (intent.op === 'add') next.add(String(intent['value']))
          else next.delete(String(intent['value']))
          value = next
        }
        expect(readKnown(stream, value, 3)).toEqual({ known: made })
      }
      expect(marksIn([...value].join('')).length).toBeLessThan(made.reduce((sum, count) => sum + count))
    }
  })
})

describe('streamsOf', () => {
  it('has a counter for everybody', () => {
    expect(streamsOf(10)).toContain(counterOf(9))
    expect(markOf(3, 4)).toBe('[3.4]')
  })
})
