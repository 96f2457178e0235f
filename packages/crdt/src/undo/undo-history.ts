import type { UndoEntry, UndoPlan, UndoSource, UndoTracker } from './undo-tracker.js'

/** What an {@link UndoHistory} may be told. */
export interface UndoHistoryOptions {
  /** Edits that follow each other within so many milliseconds are undone together, 500 by default; 0 for each alone. */
  readonly captureMs?: number
  /** How many entries are kept, 100 by default; the oldest are forgotten. */
  readonly limit?: number
}

/** Intents that undo something, or do it again. */
export interface UndoStep<Intent> {
  /** Each applies to what the ones before have left. Never empty. */
  readonly intents: readonly Intent[]
  /** To be called once all are applied and before anything else changes; without it the step is as never taken. */
  readonly commit: () => void
}

/** The own edits of one value, see {@link createUndoHistory}. */
export interface UndoHistory<Value = unknown, Intent = unknown, Delta = unknown> {
  /**
   * An own edit is about to be folded. The returned function is called right after it, with what it
   * changed and the time in milliseconds; never when the edit was refused.
   */
  begin(intent: Intent, source: UndoSource<Value>): (deltas: readonly Delta[], nowMs: number) => void
  /** Others have changed something; positions of own edits move with it. */
  observe(deltas: readonly Delta[]): void
  /** The next own edit begins an entry of its own. */
  stop(): void
  /** Forgets everything. */
  clear(): void
  canUndo(source: UndoSource<Value>): boolean
  canRedo(source: UndoSource<Value>): boolean
  /** How to undo the newest entry of which something is left; undefined when there is none. */
  undo(source: UndoSource<Value>): UndoStep<Intent> | undefined
  /** How to do again what was undone last; undefined when there is nothing, or when an own edit came after it. */
  redo(source: UndoSource<Value>): UndoStep<Intent> | undefined
  /** True when the newest own edit cannot be undone, such as an append to a log. */
  isIrreversible(): boolean
}

/**
 * The own edits of one value, to be undone last first and done again. Pure: the caller says what was
 * edited and when, what others changed, and applies the intents that come out.
 *
 * Entries of which nothing is left, because others deleted or replaced it, are passed over.
 */
// A closure, because names of private members would take a tenth of the bundle.
export function createUndoHistory<Value, Intent, Delta>(
  tracker: UndoTracker<Value, Intent, Delta>,
  { captureMs = 500, limit = 100 }: UndoHistoryOptions = {},
): UndoHistory<Value, Intent, Delta> {
  const done: UndoEntry[] = []
  const undone: UndoEntry[] = []
  /** When the newest entry took its last edit; -Infinity when it takes no more. */
  let openMs = -Infinity
  let isIrreversible = false

  const stop = (): void => {
    openMs = -Infinity
  }

  /** Forgets the oldest entries of a stack, by default all. */
  function forget(entries: UndoEntry[], count = entries.length): void {
    if (count > 0) for (const entry of entries.splice(0, count)) tracker.forget(entry)
  }

  function entryAt(nowMs: number): UndoEntry {
    const sinceMs = nowMs - openMs
    openMs = nowMs
    const last = done.at(-1)
    // A clock that was set back ends the entry: nobody knows how long ago it was.
    if (last && sinceMs >= 0 && sinceMs < captureMs) return last
    const entry = { isDone: true }
    done.push(entry)
    forget(done, done.length - limit)
    return entry
  }

  function step(from: UndoEntry[], to: UndoEntry[], source: UndoSource<Value>): UndoStep<Intent> | undefined {
    stop()
    for (let entry = from.at(-1); entry; entry = from.at(-1)) {
      const plan = tracker.plan(entry, source)
      if (plan) return stepOf(plan, entry, from, to)
      from.pop()
      tracker.forget(entry)
    }
    return undefined
  }

  const stepOf = (
    { intents, commit }: UndoPlan<Intent>,
    entry: UndoEntry,
    from: UndoEntry[],
    to: UndoEntry[],
  ): UndoStep<Intent> => ({
    intents,
    commit() {
      commit()
      from.pop()
      entry.isDone = !entry.isDone
      to.push(entry)
      isIrreversible = false
    },
  })

  return {
    begin(intent, source) {
      const finish = tracker.begin(intent, source)
      return (deltas, nowMs) => {
        const { kind, enter } = finish(deltas)
        if (kind === 'unchanged') return
        forget(undone)
        isIrreversible = kind === 'irreversible'
        if (isIrreversible) stop()
        else enter(entryAt(nowMs))
      }
    },
    observe: (deltas) => tracker.observe?.(deltas),
    stop,
    clear() {
      forget(done)
      forget(undone)
      stop()
      isIrreversible = false
    },
    canUndo: (source) => done.some((entry) => tracker.isAlive(entry, source)),
    canRedo: (source) => undone.some((entry) => tracker.isAlive(entry, source)),
    undo: (source) => step(done, undone, source),
    redo: (source) => step(undone, done, source),
    isIrreversible: () => isIrreversible,
  }
}
