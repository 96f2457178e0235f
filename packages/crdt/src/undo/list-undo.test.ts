import { describe, expect, it } from 'vitest'
import { list } from '../list.js'
import { createUndoSession } from '../tests/undo-session.js'

const { insert, delete: remove, set, move } = list<string>().actions

function start(...initial: string[]) {
  const session = createUndoSession(list<string>())
  session.other.edit(insert(0, ...initial))
  session.other.history.clear()
  session.sync()
  return session
}

describe('undo of a list', () => {
  it.each([
    ['an insertion', insert(1, 'x', 'y'), 'axybc'],
    ['a deletion', remove(0, 2), 'c'],
    ['a deletion beyond the end', remove(2, 9), 'ab'],
  ])('takes back and repeats %s', (_what, intent, after) => {
    const { own } = start('a', 'b', 'c')
    own.edit(intent)
    expect(own.value.join('')).toBe(after)
    own.undo()
    expect(own.value.join('')).toBe('abc')
    own.redo()
    expect(own.value.join('')).toBe(after)
  })

  it('goes back edit by edit', () => {
    const { own } = start('a', 'b', 'c', 'd', 'e')
    const seen = [own.value.join('')]
    for (const intent of [remove(1, 3), insert(1, 'x', 'y'), remove(0, 2), insert(0, 'z')])
      seen.push(own.edit(intent).value.join(''))
    const back = [own.value.join('')]
    while (own.undo()) back.unshift(own.value.join(''))
    expect(back).toEqual(seen)
    while (own.redo());
    expect(own.value.join('')).toBe(seen.at(-1))
  })

  it('leaves what others put between, and what they deleted', () => {
    const { own, other, sync } = start('(', ')')
    own.edit(insert(1, 'a', 'b', 'c', 'd'))
    sync()
    other.edit(remove(1)).edit(insert(2, 'X'))
    sync()
    expect(own.value.join('')).toBe('(bXcd)')
    own.undo()
    expect(own.value.join('')).toBe('(X)')
    own.redo()
    sync()
    expect(other.value.join('')).toBe('(bXcd)')
  })

  it('leaves what others have set or moved', () => {
    const { own, other, sync } = start('(', ')')
    own.edit(insert(1, 'a', 'b', 'c'))
    sync()
    other.edit(set(1, 'A')).edit(move(2, 4))
    sync()
    expect(own.value.join('')).toBe('(Ac)b')
    own.undo()
    expect(own.value.join('')).toBe('(A)b')
  })

  it('knows what went of a list whose items go one by one', () => {
    const { own } = start()
    const source = { state: undefined, replica: own.replica }
    const finish = own.history.begin(remove(0, 3), { ...source, value: ['a', 'b', 'c', 'd'] })
    const goes = { deleteCount: 1, insert: [] }
    finish(
      [0, 0, 0].map((position) => ({ ...goes, position })),
      0,
    )
    expect(own.history.undo({ ...source, value: ['d'] })?.intents).toEqual([
      { op: 'insert', pos: 0, values: ['a', 'b', 'c'] },
    ])
  })

  it('takes nothing back together that an own set or move parts', () => {
    const { own } = createUndoSession(list<string>(), { captureMs: 500 })
    own.edit(insert(0, 'a')).edit(set(0, 'A')).edit(insert(1, 'b')).edit(insert(2, 'c'))
    own.undo()
    expect(own.value).toEqual(['A'])
  })

  it('does not take back own sets and moves, and stays in step with them', () => {
    const { own } = start('(', ')')
    own.edit(insert(1, 'a', 'b', 'c')).edit(set(1, 'A'))
    expect(own.history.isIrreversible()).toBe(true)
    own.undo()
    expect([own.value.join(''), own.history.isIrreversible()]).toEqual(['()', false])
    own.redo()
    expect(own.value.join('')).toBe('(Abc)')
    own.edit(move(2, 0)).undo()
    expect(own.value.join('')).toBe('b()')
  })
})
