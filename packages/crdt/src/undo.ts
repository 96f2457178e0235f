export {
  createUndoHistory,
  type UndoHistory,
  type UndoHistoryOptions,
  type UndoStep,
} from './undo/undo-history.js'
export { undoOf } from './undo/undo-of.js'
export type {
  RecordedEdit,
  Recording,
  UndoEntry,
  UndoPlan,
  UndoSource,
  UndoTracker,
} from './undo/undo-tracker.js'
