import type { AnyMergeRule } from '../rule.js'
import { createCounterUndo } from './counter-undo.js'
import { createListUndo } from './list-undo.js'
import { createLogUndo } from './log-undo.js'
import { createMapUndo } from './map-undo.js'
import { createRegisterUndo } from './register-undo.js'
import { createSetUndo } from './set-undo.js'
import { createTextUndo } from './text-undo.js'
import type { UndoTracker } from './undo-tracker.js'

/** By the names of rules, which vouch for the types of values, intents and deltas. */
const TRACKERS: Readonly<Record<string, (rule: AnyMergeRule) => unknown>> = {
  counter: createCounterUndo,
  list: createListUndo,
  log: createLogUndo,
  map: createMapUndo,
  register: createRegisterUndo,
  set: () => createSetUndo(false),
  'set-2p': () => createSetUndo(true),
  text: createTextUndo,
}

/** What undo has to know of a rule, for one value merged by it; undefined for a rule that has no undo. */
export function undoOf(rule: AnyMergeRule): UndoTracker | undefined {
  return Object.hasOwn(TRACKERS, rule.name) ? (TRACKERS[rule.name]?.(rule) as UndoTracker) : undefined
}
