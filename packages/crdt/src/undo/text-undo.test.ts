import { describe, expect, it } from 'vitest'
import { createUndoSession } from '../tests/undo-session.js'
import { text } from '../text.js'

const { insert, delete: remove, replace } = text().actions

/** Both see a text that nobody can undo. */
function start(initial: string) {
  const session = createUndoSession(text())
  session.other.edit(insert(0, initial))
  session.other.history.clear()
  session.sync()
  return session
}

describe('undo of a text', () => {
  it.each([
    ['an insertion', insert(1, 'xy'), 'axybc'],
    ['a deletion', remove(1, 2), 'a'],
    ['a replacement', replace(1, 1, 'xyz'), 'axyzc'],
    ['emoji', replace(1, 1, '😀'), 'a😀c'],
    ['a deletion beyond the end', remove(2, 99), 'ab'],
  ])('takes back and repeats %s', (_what, intent, after) => {
    const { own } = start('abc')
    expect([own.canUndo, own.canRedo]).toEqual([false, false])
    own.edit(intent)
    expect([own.value, own.canUndo, own.canRedo]).toEqual([after, true, false])
    expect(own.undo()).toBe(true)
    expect([own.value, own.canUndo, own.canRedo]).toEqual(['abc', false, true])
    expect(own.redo()).toBe(true)
    expect([own.value, own.canUndo, own.canRedo]).toEqual([after, true, false])
  })

  it('goes back edit by edit, through deletions of what was inserted and across them', () => {
    const { own } = start('one two three')
    const seen = [own.value]
    for (const intent of [
      remove(4, 4),
      insert(4, 'XX '),
      remove(2, 5),
      insert(2, '😀'),
      replace(0, 5, ''),
      insert(0, 'end'),
    ]) {
      own.edit(intent)
      seen.push(own.value)
    }
    const back = seen
      .slice(0, -1)
      .reverse()
      .map(() => (own.undo(), own.value))
    expect(back).toEqual(seen.slice(0, -1).reverse())
    expect(own.undo()).toBe(false)
    const forth = seen.slice(1).map(() => (own.redo(), own.value))
    expect(forth).toEqual(seen.slice(1))
    expect(own.redo()).toBe(false)
  })

  it('passes over what would change nothing that is seen', () => {
    const { own, other, sync } = createUndoSession(text(), { captureMs: 500 })
    other.edit(insert(0, 'abc'))
    sync()
    own.edit(insert(3, '!'))
    own.history.stop()
    own.edit(remove(1, 1)).edit(insert(1, 'b'))
    expect([own.value, own.canUndo, own.undo(), own.value]).toEqual(['abc!', true, true, 'abc'])
    expect([own.canUndo, own.undo()]).toEqual([false, false])
    own.edit(remove(0, 3)).edit(insert(0, 'abc'))
    expect([own.value, own.canUndo, own.undo(), own.value]).toEqual(['abc', false, false, 'abc'])
  })

  it('deletes only own characters where others wrote into them', () => {
    const { own, other, sync } = start('()')
    own.edit(insert(1, 'abcd'))
    sync()
    other.edit(insert(3, 'XY'))
    sync()
    expect(own.value).toBe('(abXYcd)')
    own.undo()
    expect(own.value).toBe('(XY)')
    own.redo()
    expect(own.value).toBe('(abXYcd)')
    sync()
    expect(other.value).toBe(own.value)
  })

  it('leaves nothing to undo of what others deleted', () => {
    const { own, other, sync } = start('()')
    own.edit(insert(1, 'abcd'))
    sync()
    other.edit(remove(2, 2))
    sync()
    expect(own.undo()).toBe(true)
    expect(own.value).toBe('()')
    own.redo()
    sync()
    other.edit(remove(1, 2))
    sync()
    expect(own.canUndo).toBe(false)
    expect(own.undo()).toBe(false)
    expect(own.value).toBe('()')
  })

  it('passes over entries of which nothing is left', () => {
    const { own, other, sync } = start('()')
    own.edit(insert(0, 'first'))
    own.edit(insert(6, 'second'))
    sync()
    other.edit(remove(6, 6))
    sync()
    own.undo()
    expect(own.value).toBe('()')
  })

  it('restores what it deleted between the neighbours of then', () => {
    const { own, other, sync } = start('hello world')
    own.edit(remove(5, 6))
    sync()
    other.edit(insert(0, '>> '))
    other.edit(remove(3, 2))
    sync()
    own.undo()
    expect(own.value).toBe('>> llo world')
  })

  it('restores what it deleted also when others delete all around it', () => {
    const { own, other, sync } = start('(abc)')
    own.edit(remove(2, 1))
    sync()
    other.edit(remove(0, 4))
    sync()
    own.undo()
    expect(own.value).toBe('b')
  })

  it('is not confused by concurrent edits of the same place', () => {
    const { own, other, sync } = start('abc')
    own.edit(replace(1, 1, 'XX'))
    other.edit(replace(1, 1, 'yy'))
    sync()
    own.undo()
    expect([...own.value].sort().join('')).toBe('abcyy')
    sync()
    expect(other.value).toBe(own.value)
  })

  it('undoes an undo of somebody else by nobody but them', () => {
    const { own, other, sync } = start('')
    own.edit(insert(0, 'mine '))
    sync()
    other.edit(insert(5, 'theirs'))
    sync()
    other.undo()
    sync()
    expect(own.value).toBe('mine ')
    own.undo()
    sync()
    expect(other.value).toBe('')
    other.redo()
    expect(other.value).toBe('theirs')
  })

  it('forgets what cannot be in step with the text any more', () => {
    const { own } = start('abc')
    own.edit(insert(3, 'd'))
    // Somebody changed the text and said nothing of it.
    const silent = { value: 'abc d', state: undefined, replica: own.replica }
    expect(own.history.undo(silent)).toBeUndefined()
    expect(own.canUndo).toBe(false)
  })
})
