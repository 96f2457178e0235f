import type { ReplicaId } from '../op.js'

/** The edits that one undo takes back together. Trackers know it by reference. */
export interface UndoEntry {
  /** False while its edits are undone. */
  isDone: boolean
}

/** What is known of a value at this moment. Read lazily: a long text is not made of its parts for nothing. */
export interface UndoSource<Value = unknown> {
  readonly value: Value
  /** The rule's state, from which some trackers learn who wrote what is shown. */
  readonly state: unknown
  /** Under whose name own edits are made. */
  readonly replica: ReplicaId
}

/** What became of an own edit. */
export type Recording =
  /** It can be undone. */
  | 'recorded'
  /** It changed nothing that is seen. */
  | 'unchanged'
  /** It changed something for good. */
  | 'irreversible'

/** An own edit that was folded, on its way into an entry. */
export interface RecordedEdit {
  readonly kind: Recording
  /** Notes it under an entry; only for `recorded`. */
  readonly enter: (entry: UndoEntry) => void
}

/** How an entry is undone, or done again. */
export interface UndoPlan<Intent> {
  /** Each applies to what the ones before have left. Never empty. */
  readonly intents: readonly Intent[]
  /** Notes that they were applied. The entry's `isDone` changes with it. */
  readonly commit: () => void
}

/** What one rule has to know to take own edits back, and nobody else's. Pure: it reads no clock and pushes nothing. */
export interface UndoTracker<Value = unknown, Intent = unknown, Delta = unknown> {
  /**
   * An own edit is about to be folded; the returned function is told, after it, what it changed. The intent is an object
   * of which nothing else was checked yet.
   */
  begin(intent: Intent, source: UndoSource<Value>): (deltas: readonly Delta[]) => RecordedEdit
  /** Others have changed something. Absent for rules that have no positions. */
  observe?(deltas: readonly Delta[]): void
  /** How to switch an entry from done to undone or back; undefined when nothing is left to do. */
  plan(entry: UndoEntry, source: UndoSource<Value>): UndoPlan<Intent> | undefined
  /** True when `plan` would give something. */
  isAlive(entry: UndoEntry, source: UndoSource<Value>): boolean
  /** The entry will never be switched again. */
  forget(entry: UndoEntry): void
}
