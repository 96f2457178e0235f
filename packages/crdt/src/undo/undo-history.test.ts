import { describe, expect, it } from 'vitest'
import { counter } from '../counter.js'
import { log } from '../log.js'
import { createUndoSession } from '../tests/undo-session.js'
import { text } from '../text.js'
import { undoOf } from './undo-of.js'

const { insert, delete: remove } = text().actions

describe('entries', () => {
  it('take edits that follow each other quickly, whatever others do meanwhile', () => {
    const { own, other, sync } = createUndoSession(text(), { captureMs: 500 })
    own.edit(insert(0, 'a'))
    own.nowMs += 499
    own.edit(insert(1, 'b'))
    sync()
    other.edit(insert(0, '>'))
    sync()
    own.nowMs += 499
    own.edit(remove(2, 1))
    own.nowMs += 500
    own.edit(insert(2, 'c'))
    expect(own.value).toBe('>ac')
    own.undo()
    expect(own.value).toBe('>a')
    own.undo()
    expect(own.value).toBe('>')
    own.redo()
    expect(own.value).toBe('>a')
  })

  it.each([
    ['stop', 0, true],
    ['a clock that was set back', -1, false],
  ])('end with %s', (_what, passedMs, isStopped) => {
    const { own } = createUndoSession(text(), { captureMs: 500 })
    own.nowMs = 1000
    own.edit(insert(0, 'a'))
    own.nowMs += passedMs
    if (isStopped) own.history.stop()
    own.edit(insert(1, 'b'))
    own.undo()
    expect(own.value).toBe('a')
  })

  it('end with an undo and with a redo', () => {
    const { own } = createUndoSession(text(), { captureMs: 500 })
    own.edit(insert(0, 'a'))
    own.history.stop()
    own.edit(insert(1, 'b')).undo()
    own.edit(insert(1, 'c')).undo()
    expect(own.value).toBe('a')
    own.redo()
    own.edit(insert(2, 'd')).undo()
    expect(own.value).toBe('ac')
  })

  it('are forgotten beyond the limit, the oldest first', () => {
    const { own } = createUndoSession(text(), { captureMs: 0, limit: 2 })
    own.edit(insert(0, 'abc')).edit(remove(0, 1)).edit(insert(0, 'd')).edit(insert(1, 'e'))
    while (own.undo());
    expect(own.value).toBe('bc')
    while (own.redo());
    expect(own.value).toBe('debc')
  })

  it('that were undone are forgotten with the next own edit', () => {
    const { own } = createUndoSession(text())
    own.edit(insert(0, 'ab')).edit(remove(1, 1)).undo()
    own.edit(insert(2, 'c'))
    expect([own.canRedo, own.redo()]).toEqual([false, false])
    while (own.undo());
    expect(own.value).toBe('')
  })

  it('that come to nothing leave nothing to undo', () => {
    const { own } = createUndoSession(text(), { captureMs: 500 })
    own.edit(insert(0, 'ab')).edit(remove(0, 2))
    expect([own.canUndo, own.undo()]).toEqual([false, false])
  })

  it('begin with the value as it is then', () => {
    const { own } = createUndoSession(text())
    own.edit(insert(0, 'a'))
    own.history.clear()
    const source = { state: undefined, replica: own.replica }
    const finish = own.history.begin(insert(5, 'X'), { ...source, value: 'something else' })
    finish([{ position: 5, deleteCount: 0, insert: 'X' }], 0)
    expect(own.history.undo({ ...source, value: 'sometXhing else' })?.intents).toEqual([
      { op: 'replace', pos: 5, length: 1, text: '' },
    ])
  })

  it('are forgotten all at once', () => {
    const { own } = createUndoSession(text(), { captureMs: 500 })
    own.edit(insert(0, 'a')).undo()
    own.redo()
    own.history.clear()
    expect([own.canUndo, own.canRedo, own.undo(), own.redo()]).toEqual([false, false, false, false])
    own.edit(insert(1, 'b')).undo()
    expect(own.value).toBe('a')
  })
})

describe('a step', () => {
  it('that is never committed was never taken', () => {
    const { own } = createUndoSession(text())
    own.edit(insert(0, 'a'))
    expect(own.history.undo(own)?.intents).toHaveLength(1)
    expect([own.canUndo, own.canRedo]).toEqual([true, false])
    own.undo()
    expect(own.value).toBe('')
  })
})

describe('edits that cannot be undone', () => {
  it('are told from no edits', () => {
    const { own } = createUndoSession(log<string>())
    expect(own.history.isIrreversible()).toBe(false)
    own.edit({ op: 'append', value: 'hi' })
    expect([own.undo(), own.canUndo, own.history.isIrreversible()]).toEqual([false, false, true])
    expect(own.value).toEqual(['hi'])
    own.history.clear()
    expect(own.history.isIrreversible()).toBe(false)
  })

  it('are those of unknown rules', () => {
    expect(undoOf({ ...counter(), name: 'toString' })).toBeUndefined()
  })
})
