import { describe, expect, it } from 'vitest'
import { map } from '../map.js'
import { register } from '../register.js'
import { set } from '../set.js'
import { createUndoSession } from '../tests/undo-session.js'

const write = (value: string) => ({ op: 'set' as const, value })

describe('undo of a register', () => {
  const colours = () => createUndoSession(register({ initial: 'red' }))

  it('writes the values seen before, and those seen after', () => {
    const { own } = colours()
    own.edit(write('green')).edit(write('blue'))
    expect([own.undo(), own.value, own.undo(), own.value, own.undo()]).toEqual([
      true,
      'green',
      true,
      'red',
      false,
    ])
    expect([own.redo(), own.value, own.redo(), own.value, own.redo()]).toEqual([
      true,
      'green',
      true,
      'blue',
      false,
    ])
  })

  it('leaves what somebody else has written since', () => {
    const { own, other, sync } = colours()
    own.edit(write('green'))
    sync()
    other.edit(write('blue'))
    sync()
    expect([own.canUndo, own.undo(), own.value]).toEqual([false, false, 'blue'])
  })

  it('leaves it also when it looks the same', () => {
    const { own, other, sync } = colours()
    own.edit(write('green'))
    sync()
    other.edit(write('green'))
    sync()
    expect([own.canUndo, own.undo(), own.value]).toEqual([false, false, 'green'])
    own.edit(write('green'))
    expect([own.canUndo, own.undo(), own.value]).toEqual([false, false, 'green'])
  })

  it('does not do again what somebody else has replaced', () => {
    const { own, other, sync } = colours()
    own.edit(write('green')).undo()
    sync()
    other.edit(write('red'))
    sync()
    expect([own.canRedo, own.redo(), own.value]).toEqual([false, false, 'red'])
  })

  it('goes back to what somebody else wrote within an entry, not beyond it', () => {
    const { own, other, sync } = createUndoSession(register({ initial: 'red' }), { captureMs: 500 })
    own.edit(write('green'))
    sync()
    other.edit(write('yellow'))
    sync()
    own.edit(write('blue'))
    own.undo()
    expect(own.value).toBe('yellow')
    expect(own.undo()).toBe(false)
  })

  it('has nothing to write in the place of a first value', () => {
    const { own } = createUndoSession(register<string>())
    own.edit(write('red'))
    expect([own.canUndo, own.undo(), own.history.isIrreversible()]).toEqual([false, false, true])
    own.edit(write('blue')).undo()
    expect(own.value).toBe('red')
  })

  it('compares values by what they hold', () => {
    const { own } = createUndoSession(register({ initial: { deep: [1] } }))
    own.edit({ op: 'set', value: { deep: [2] } }).undo()
    expect(own.value).toEqual({ deep: [1] })
    own.redo()
    expect(own.value).toEqual({ deep: [2] })
  })

  it('with siblings writes the last of those seen before, unless others join the own one', () => {
    const { own, other, sync } = createUndoSession(register<string>({ multi: true }))
    own.nowMs = 1
    own.edit(write('a'))
    other.edit(write('b'))
    sync()
    expect(own.value).toEqual(['b', 'a'])
    own.edit(write('c')).undo()
    expect(own.value).toEqual(['a'])
    own.redo()
    expect(own.value).toEqual(['c'])
    other.edit(write('d'))
    sync()
    expect([own.canUndo, own.undo(), own.value]).toEqual([false, false, ['d', 'c']])
  })

  it('with an array as its one value is not taken for one with siblings', () => {
    const { own } = createUndoSession(register<readonly string[]>({ initial: [] }))
    own.edit({ op: 'set', value: ['a', 'b'] }).undo()
    expect(own.value).toEqual([])
  })
})

describe('undo of a set', () => {
  const { add, delete: remove } = set<string | number>().actions
  const elements = () => createUndoSession(set<string | number>(), { captureMs: 500 })

  it('deletes what was added and adds what was deleted', () => {
    const { own, other, sync } = elements()
    other.edit(add('old')).edit(add(1))
    sync()
    own.edit(add('new')).edit(remove('old')).edit(add('1')).edit(remove('1'))
    own.undo()
    expect([...own.value].sort()).toEqual([1, 'old'])
    own.redo()
    expect([...own.value]).toEqual([1, 'new'])
  })

  it('does again what was undone also when an edit in between changed nothing', () => {
    const { own } = createUndoSession(set())
    own.edit({ op: 'add', value: 'x' }).edit({ op: 'add', value: 'y' }).undo()
    own.edit({ op: 'add', value: 'x' })
    expect([own.canRedo, own.redo(), own.value.has('y')]).toEqual([true, true, true])
  })

  it('leaves what somebody else has added too, before, meanwhile or after', () => {
    const { own, other, sync } = elements()
    other.edit(add('before'))
    sync()
    own.edit(add('before')).edit(add('meanwhile')).edit(add('after')).edit(add('mine'))
    other.edit(add('meanwhile'))
    sync()
    other.edit(add('after'))
    sync()
    own.undo()
    expect([...own.value].sort()).toEqual(['after', 'before', 'meanwhile'])
  })

  it('leaves what was added by others and then confirmed', () => {
    const { own, other, sync } = elements()
    own.edit(add('x'))
    sync()
    other.edit(add('x'))
    sync()
    own.edit(add('x'))
    expect([own.canUndo, own.undo(), own.value.has('x')]).toEqual([false, false, true])
  })

  it('does not add what somebody else has added again', () => {
    const { own, other, sync } = elements()
    other.edit(add('x'))
    sync()
    own.edit(remove('x'))
    sync()
    other.edit(add('x'))
    sync()
    expect([own.canUndo, own.undo()]).toEqual([false, false])
  })

  it('brings nothing back to a two-phase set', () => {
    const { own } = createUndoSession(set({ twoPhase: true }))
    own.edit({ op: 'add', value: 'x' })
    own.edit({ op: 'add', value: 'y' }).edit({ op: 'delete', value: 'y' })
    expect([own.canUndo, own.history.isIrreversible()]).toEqual([true, true])
    own.undo()
    expect([own.value.size, own.canUndo, own.canRedo, own.redo()]).toEqual([0, false, false, false])
  })
})

describe('undo of a map', () => {
  const { set: write, delete: remove } = map<string>().actions
  const members = () => createUndoSession(map<string>(), { captureMs: 500 })

  it('gives each key back what it had', () => {
    const { own, other, sync } = members()
    other.edit(write('a', '1')).edit(write('b', '2'))
    sync()
    own.edit(write('a', 'x')).edit(write('a', 'y')).edit(remove('b')).edit(write('toString', 'z'))
    own.undo()
    expect(own.value).toEqual({ a: '1', b: '2' })
    own.redo()
    expect(own.value).toEqual({ a: 'y', toString: 'z' })
  })

  it('leaves keys that others have written since, and goes no further back than to them', () => {
    const { own, other, sync } = members()
    own.edit(write('a', '1')).edit(write('b', '1')).edit(write('c', '1')).edit(write('d', '1'))
    sync()
    other.edit(write('a', '2')).edit(remove('b')).edit(write('c', '2')).edit(write('d', '1'))
    sync()
    own.edit(write('c', '3'))
    own.undo()
    expect(own.value).toEqual({ a: '2', c: '2', d: '1' })
    expect(own.canUndo).toBe(false)
  })

  it('does not bring back what somebody else has written anew', () => {
    const { own, other, sync } = members()
    other.edit(write('a', '1'))
    sync()
    own.edit(remove('a'))
    sync()
    other.edit(write('a', '2'))
    sync()
    expect([own.canUndo, own.undo(), own.value]).toEqual([false, false, { a: '2' }])
    other.edit(remove('a'))
    sync()
    expect([own.canUndo, own.undo(), own.value]).toEqual([false, false, {}])
  })
})
