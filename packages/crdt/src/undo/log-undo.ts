import type { UndoTracker } from './undo-tracker.js'

/** Undo of a log: there is none, what was appended stays. */
export function createLogUndo(): UndoTracker {
  return {
    begin: () => () => ({ kind: 'irreversible', enter: () => undefined }),
    plan: () => undefined,
    isAlive: () => false,
    forget: () => undefined,
  }
}
