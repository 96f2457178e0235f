import type { TextDelta } from '../text-delta.js'
import type { TextIntent } from '../text.js'
import { createSequenceUndo } from './sequence-undo.js'
import type { UndoTracker } from './undo-tracker.js'

/** Undo of a text, see `createSequenceUndo`; one intent for each place that changes. */
export function createTextUndo(): UndoTracker<string, TextIntent, TextDelta> {
  return createSequenceUndo<string, TextIntent>({
    empty: '',
    isInsert: ({ op }) => op === 'insert',
    isChange: () => false,
    intentsOf: ({ position: pos, deleteCount: length, insert: text }) => [
      { op: 'replace', pos, length, text },
    ],
  })
}
