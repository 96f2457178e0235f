export {
  createUndo,
  type Undo,
  type UndoOptions,
  type UndoOutcome,
  type UndoSnapshot,
} from './undo/create-undo.js'
