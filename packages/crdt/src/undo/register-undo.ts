import { REGISTER_KEY } from '../register.js'
import type { RegisterIntent } from '../register.js'
import type { ReplicaId } from '../op.js'
import type { AnyMergeRule } from '../rule.js'
import { createCellUndo } from './cell-undo.js'
import type { UndoTracker } from './undo-tracker.js'

/**
 * Undo of a register: the value seen before is written again, as long as the own one is still shown. The
 * first value of a register without an initial one cannot be undone, because nothing can be written in its place.
 *
 * With `multi`, of the siblings seen before the last one is written, and only while no other has joined the own one.
 */
export function createRegisterUndo(rule: AnyMergeRule): UndoTracker<unknown, RegisterIntent<unknown>, never> {
  const isMulti = keepsSiblings(rule)
  return createCellUndo<unknown, RegisterIntent<unknown>>({
    keyOf: () => REGISTER_KEY,
    read: (value) => (isMulti ? (value as readonly unknown[]).at(-1) : value),
    write: (_key, value) => (value === undefined ? undefined : { op: 'set', value }),
    showsAll: isMulti,
  })
}

/** Rules do not say it of themselves, but their values do. */
function keepsSiblings(rule: AnyMergeRule): boolean {
  const state = rule.create()
  const op = { replica: '' as ReplicaId, counter: 1, count: 1, base: 0, extra: [], seq: 1 }
  rule.apply(state, { ...op, body: { time: 0, value: null } })
  return Array.isArray(rule.value(state))
}
