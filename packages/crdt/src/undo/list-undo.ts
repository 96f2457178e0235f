import type { ListDelta } from '../list/list-delta.js'
import type { ListIntent } from '../list.js'
import { createSequenceUndo } from './sequence-undo.js'
import type { UndoTracker } from './undo-tracker.js'

/**
 * Undo of a list, see `createSequenceUndo`. An item that somebody else has set or moved since is theirs:
 * undoing its insertion leaves it. Own sets and moves cannot be undone.
 */
export function createListUndo(): UndoTracker<readonly unknown[], ListIntent<unknown>, ListDelta<unknown>> {
  return createSequenceUndo<readonly unknown[], ListIntent<unknown>>({
    empty: [],
    isInsert: ({ op }) => op === 'insert',
    isChange: ({ op }) => op === 'set' || op === 'move',
    intentsOf: ({ position: pos, deleteCount: length, insert: values }) => [
      ...(length > 0 ? [{ op: 'delete', pos, length } as const] : []),
      ...(values.length > 0 ? [{ op: 'insert', pos, values } as const] : []),
    ],
  })
}
