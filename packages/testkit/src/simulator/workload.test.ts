import { describe, expect, it } from 'vitest'
import { createRandom } from './random.js'
import { drawEdit } from './workload.js'

const random = createRandom('workload')

describe('drawEdit', () => {
  it('draws text edits that fit the text and never split a pair', () => {
    const text = 'a🎈b🎈🎈c'
    const kinds = new Set<string>()
    for (let index = 0; index < 300; index++) {
      const { intent, check } = drawEdit('doc:a', random, text, 7)
      const {
        op,
        pos,
        length = 0,
        text: insert = '',
      } = intent as { op: string; pos: number; length?: number; text?: string }
      kinds.add(op)
      const after = text.slice(0, pos) + insert + text.slice(pos + length)
      expect(after.isWellFormed()).toBe(true)
      expect(check(after)).toBeUndefined()
      expect(check(`${after}!`)).toContain(op)
    }
    expect([...kinds].sort()).toEqual(['delete', 'insert', 'replace'])
  })

  it('draws replacements of which the op holds all of the marker', () => {
    const text = '<1><2>xx🎈<3>'
    const replaced = Array.from({ length: 300 }, () => drawEdit('doc:a', random, text, 7).intent).flatMap(
      ({ op, pos, length }) =>
        op === 'replace' ? [text.slice(Number(pos), Number(pos) + Number(length))] : [],
    )
    expect(replaced.length).toBeGreaterThan(10)
    for (const part of replaced) {
      expect([part.startsWith('<'), part.endsWith('>'), part.isWellFormed()]).toEqual([false, false, true])
    }
  })

  it('tells what each of the other rules must show', () => {
    const counter = drawEdit('counter:a', random, 5, 7)
    expect(Math.abs(counter.amount)).toBe(7)
    expect(counter.check(5 + counter.amount)).toBeUndefined()
    expect(counter.check(5)).toBeDefined()

    const add = drawEdit('tags:a', random, new Set(), 7)
    expect(add.intent).toEqual({ op: 'add', value: '<7>' })
    expect(add.check(new Set(['<7>']))).toBeUndefined()
    expect(add.check(new Set())).toBeDefined()

    const one = drawEdit('title:a', random, undefined, 7)
    expect(one.check('<7>')).toBeUndefined()
    expect(one.check('<n>')).toBeDefined()

    const multi = drawEdit('siblings:a', random, [], 7)
    expect(multi.check(['<7>'])).toBeUndefined()
    expect(multi.check(['<7>', '<n>'])).toBeDefined()

    const append = drawEdit('chat:a', random, ['<l>'], 7)
    expect(append.check(['<l>', '<7>'])).toBeUndefined()
    expect(append.check(['<7>', '<l>'])).toBeDefined()
  })

  it('deletes elements that are there', () => {
    const edits = Array.from({ length: 60 }, () => drawEdit('tags:a', random, new Set(['<x>']), 7))
    const deletion = edits.find(({ intent }) => intent.op === 'delete')
    expect(deletion?.intent).toEqual({ op: 'delete', value: '<x>' })
    expect(deletion?.check(new Set())).toBeUndefined()
    expect(deletion?.check(new Set(['<x>']))).toBeDefined()
  })
})
