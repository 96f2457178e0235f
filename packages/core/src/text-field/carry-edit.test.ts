import { describe, expect, it } from 'vitest'
import { carryEdit } from './carry-edit.js'
import type { TextEdit } from './text-edit.js'

function applyAll(text: string, edits: readonly TextEdit[]): string {
  return edits.reduce(
    (result, edit) =>
      result.slice(0, edit.position) + edit.insert + result.slice(edit.position + edit.deleteCount),
    text,
  )
}

describe('carryEdit', () => {
  const before = 'hello world'

  it('moves an insertion with the text around it', () => {
    const others = [{ position: 0, deleteCount: 0, insert: 'oh, ' }]
    const carried = carryEdit({ position: 5, deleteCount: 0, insert: '!' }, others)
    expect(applyAll(applyAll(before, others), carried.edits)).toBe('oh, hello! world')
    expect(carried.mapCaret(6)).toBe(10)
    expect(carried.mapCaret(2)).toBe(6)
    expect(carried.mapCaret(12)).toBe(16)
  })

  it('spares what others wrote into the range it replaces', () => {
    const others = [{ position: 8, deleteCount: 0, insert: 'XYZ' }]
    const carried = carryEdit({ position: 6, deleteCount: 5, insert: 'you' }, others)
    expect(applyAll(applyAll(before, others), carried.edits)).toBe('hello youXYZ')
    expect(carried.mapCaret(9)).toBe(9)
  })

  it('deletes nothing twice', () => {
    const others = [{ position: 4, deleteCount: 4, insert: '' }]
    const carried = carryEdit({ position: 6, deleteCount: 5, insert: '' }, others)
    expect(applyAll(applyAll(before, others), carried.edits)).toBe('hell')
  })
})
