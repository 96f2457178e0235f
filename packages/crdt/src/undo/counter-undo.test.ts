import { expect, it } from 'vitest'
import { counter } from '../counter.js'
import { createUndoSession } from '../tests/undo-session.js'

const { increment, decrement } = counter().actions

it.each([
  ['one', [increment()], 1],
  ['an amount', [increment(5)], 5],
  ['a subtraction', [decrement(5)], -5],
  ['a negative amount', [increment(-3)], -3],
  ['several at once', [increment(5), decrement(2), increment()], 4],
  ['fractions, exactly', [increment(0.1), increment(0.2), increment(1e-20)], 0.3],
  ['more than an integer holds', [increment(2 ** 53 - 1), increment(2 ** 53 - 1)], 2 ** 54 - 2],
])('undo of a counter takes back %s, and nobody else’s', (_what, intents, sum) => {
  const { own, other, sync } = createUndoSession(counter(), { captureMs: 500 })
  for (const intent of intents) own.edit(intent)
  expect(own.value).toBe(sum)
  other.edit(increment(100))
  sync()
  own.undo()
  expect([own.value, own.canUndo, own.canRedo]).toEqual([100, false, true])
  own.redo()
  sync()
  expect(other.value).toBe(100 + sum)
})

it('has nothing to undo of whole amounts that come to nothing', () => {
  const { own } = createUndoSession(counter(), { captureMs: 500 })
  own.edit(increment(2)).edit(decrement(2))
  expect([own.canUndo, own.undo()]).toEqual([false, false])
})
