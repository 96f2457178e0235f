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

/**
 * The own edits of one value, to be undone last first and done again. Pure: the caller says what was
 * edited and when, what others changed, and applies the intents that come out.
 *
 * Entries of which nothing is left, because others deleted or replaced it, are passed over.
 */
export class UndoHistory<Value = unknown, Intent = unknown, Delta = unknown> {
  private readonly tracker: UndoTracker<Value, Intent, Delta>
  private readonly captureMs: number
  private readonly limit: number
  private done: UndoEntry[] = []
  private undone: UndoEntry[] = []
  /** When the newest entry took its last edit; -Infinity when it takes no more. */
  private openMs = -Infinity
  private endedForGood = false

  constructor(
    tracker: UndoTracker<Value, Intent, Delta>,
    { captureMs = 500, limit = 100 }: UndoHistoryOptions = {},
  ) {
    this.tracker = tracker
    this.captureMs = captureMs
    this.limit = limit
  }

  /** True when the newest own edit cannot be undone, such as an append to a log. */
  get isIrreversible(): boolean {
    return this.endedForGood
  }

  /**
   * An own edit is about to be folded. The returned function is called right after it, with what it
   * changed and the time in milliseconds; never when the edit was refused.
   */
  begin(intent: Intent, source: UndoSource<Value>): (deltas: readonly Delta[], nowMs: number) => void {
    const finish = this.tracker.begin(intent, source)
    return (deltas, nowMs) => {
      const { kind, enter } = finish(deltas)
      if (kind === 'unchanged') return
      this.forgetAll(this.undone)
      this.endedForGood = kind === 'irreversible'
      if (kind === 'recorded') enter(this.entryAt(nowMs))
      else this.stop()
    }
  }

  private entryAt(nowMs: number): UndoEntry {
    const sinceMs = nowMs - this.openMs
    this.openMs = nowMs
    const last = this.done.at(-1)
    // A clock that was set back ends the entry: nobody knows how long ago it was.
    if (last && sinceMs >= 0 && sinceMs < this.captureMs) return last
    const entry = { isDone: true }
    this.done.push(entry)
    this.forgetAll(this.done, this.done.length - this.limit)
    return entry
  }

  /** Others have changed something; positions of own edits move with it. */
  observe(deltas: readonly Delta[]): void {
    this.tracker.observe?.(deltas)
  }

  /** The next own edit begins an entry of its own. */
  stop(): void {
    this.openMs = -Infinity
  }

  /** Forgets everything. */
  clear(): void {
    this.forgetAll(this.done)
    this.forgetAll(this.undone)
    this.stop()
    this.endedForGood = false
  }

  canUndo(source: UndoSource<Value>): boolean {
    return this.done.some((entry) => this.tracker.isAlive(entry, source))
  }

  canRedo(source: UndoSource<Value>): boolean {
    return this.undone.some((entry) => this.tracker.isAlive(entry, source))
  }

  /** How to undo the newest entry of which something is left; undefined when there is none. */
  undo(source: UndoSource<Value>): UndoStep<Intent> | undefined {
    return this.step(this.done, this.undone, source)
  }

  /** How to do again what was undone last; undefined when there is nothing, or when an own edit came after it. */
  redo(source: UndoSource<Value>): UndoStep<Intent> | undefined {
    return this.step(this.undone, this.done, source)
  }

  private step(from: UndoEntry[], to: UndoEntry[], source: UndoSource<Value>): UndoStep<Intent> | undefined {
    this.stop()
    for (let entry = from.at(-1); entry; entry = from.at(-1)) {
      const plan: UndoPlan<Intent> | undefined = this.tracker.plan(entry, source)
      if (plan) return this.stepOf(plan, from, to)
      from.pop()
      this.tracker.forget(entry)
    }
    return undefined
  }

  private stepOf(
    { intents, commit }: UndoPlan<Intent>,
    from: UndoEntry[],
    to: UndoEntry[],
  ): UndoStep<Intent> {
    return {
      intents,
      commit: () => {
        commit()
        for (const entry of from.splice(-1)) {
          entry.isDone = !entry.isDone
          to.push(entry)
        }
        this.endedForGood = false
      },
    }
  }

  /** Forgets the oldest entries of a stack, by default all. */
  private forgetAll(entries: UndoEntry[], count = entries.length): void {
    if (count > 0) for (const entry of entries.splice(0, count)) this.tracker.forget(entry)
  }
}
