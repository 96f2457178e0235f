import type { SetElement, SetIntent } from '../set.js'
import { createCellUndo } from './cell-undo.js'
import type { UndoTracker } from './undo-tracker.js'

/**
 * Undo of a set: what was added goes, unless somebody else has added it too; what was deleted comes back.
 * A two-phase set takes nothing back that was deleted, whether by an edit or by undoing one.
 */
export function createSetUndo(twoPhase: boolean): UndoTracker<ReadonlySet<SetElement>, SetIntent, never> {
  return createCellUndo<ReadonlySet<SetElement>, SetIntent>({
    keyOf: ({ value }) => value,
    read: (value, key) => value.has(key as SetElement) || undefined,
    write(key, isPresent) {
      const value = key as SetElement
      if (!isPresent) return { op: 'delete', value }
      return twoPhase ? undefined : { op: 'add', value }
    },
    showsAll: true,
  })
}
