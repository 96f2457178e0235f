import { FlowSyncError } from '../errors.js'
import type { AnyMergeRule } from '../rule.js'
import { createCounterUndo } from './counter-undo.js'
import { createLogUndo } from './log-undo.js'
import { createRegisterUndo } from './register-undo.js'
import { createSetUndo } from './set-undo.js'
import { createTextUndo } from './text-undo.js'
import type { UndoTracker } from './undo-tracker.js'

/** By the names of rules, which vouch for the types of values, intents and deltas. */
const TRACKERS: Readonly<Record<string, (rule: AnyMergeRule) => unknown>> = {
  counter: createCounterUndo,
  log: createLogUndo,
  register: createRegisterUndo,
  set: () => createSetUndo(false),
  'set-2p': () => createSetUndo(true),
  text: createTextUndo,
}

/**
 * What undo has to know of a rule, for one value merged by it.
 * @throws FlowSyncError `config/invalid` for a rule that cannot be undone
 */
export function undoOf(rule: AnyMergeRule): UndoTracker {
  const create = Object.hasOwn(TRACKERS, rule.name) ? TRACKERS[rule.name] : undefined
  if (create) return create(rule) as UndoTracker
  throw new FlowSyncError('config/invalid', `There is no undo for streams of the rule ${rule.name}.`)
}
