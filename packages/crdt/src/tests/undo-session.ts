import { Fold } from '../fold.js'
import type { ReplicaId, SequencedOp } from '../op.js'
import type { MergeRule } from '../rule.js'
import { createUndoHistory } from '../undo/undo-history.js'
import type { UndoHistory, UndoHistoryOptions } from '../undo/undo-history.js'
import { undoOf } from '../undo/undo-of.js'
import type { UndoSource, UndoTracker } from '../undo/undo-tracker.js'

/** Somebody who edits one stream and can undo it. */
export class UndoClient<Value, Intent, Delta> implements UndoSource<Value> {
  readonly replica: ReplicaId
  readonly history: UndoHistory<Value, Intent, Delta>
  nowMs = 0
  private readonly fold: Fold<Value, Intent, unknown, unknown, Delta>
  private readonly log: SequencedOp[]
  private counter = 1
  private sent = 0

  constructor(
    rule: MergeRule<Value, Intent, unknown, unknown, Delta>,
    log: SequencedOp[],
    name: string,
    options?: UndoHistoryOptions,
  ) {
    this.fold = new Fold(rule)
    this.log = log
    this.replica = name.repeat(32).slice(0, 32) as ReplicaId
    const tracker = undoOf(rule)
    if (!tracker) throw new Error(`There is no undo for ${rule.name}.`)
    this.history = createUndoHistory(tracker as UndoTracker<Value, Intent, Delta>, options)
  }

  get value(): Value {
    return this.fold.value
  }

  get state(): unknown {
    return this.fold.state
  }

  /** Edits, one entry for each unless time stands still and `captureMs` is given. */
  edit(intent: Intent): this {
    const finish = this.history.begin(intent, this)
    const deltas = this.apply(intent)
    if (deltas) finish(deltas, this.nowMs)
    return this
  }

  /** False when there was nothing to undo. */
  undo(): boolean {
    return this.take(this.history.undo(this))
  }

  redo(): boolean {
    return this.take(this.history.redo(this))
  }

  private take(step: ReturnType<UndoHistory<Value, Intent, Delta>['undo']>): boolean {
    if (!step) return false
    for (const intent of step.intents) {
      if (!this.apply(intent)) throw new Error(`An undo changes nothing: ${JSON.stringify(intent)}`)
    }
    step.commit()
    return true
  }

  get canUndo(): boolean {
    return this.history.canUndo(this)
  }

  get canRedo(): boolean {
    return this.history.canRedo(this)
  }

  private apply(intent: Intent): readonly Delta[] | undefined {
    const prepared = this.fold.prepare(intent, {
      replica: this.replica,
      counter: this.counter,
      nowMs: this.nowMs,
    })
    if (!prepared) return undefined
    this.counter += prepared.op.count
    return prepared.deltas
  }

  /** The hub places what this client has made. */
  send(): this {
    for (const { op } of this.fold.pending) {
      if (op.counter <= this.sent) continue
      this.log.push({ ...op, seq: this.log.length + 1 })
      this.sent = op.counter
    }
    return this
  }

  /** Folds what the hub has placed. */
  pull(count = Infinity): this {
    for (const op of this.log.slice(this.fold.seq, this.fold.seq + count)) {
      const received = this.fold.receive(op)
      if (received.kind === 'applied') this.history.observe(received.deltas)
    }
    return this
  }
}

/** Two who edit one stream: all that is undone is undone by the first of them. */
export function createUndoSession<Value, Intent, Body, State, Delta>(
  rule: MergeRule<Value, Intent, Body, State, Delta>,
  options: UndoHistoryOptions = { captureMs: 0 },
): {
  readonly own: UndoClient<Value, Intent, Delta>
  readonly other: UndoClient<Value, Intent, Delta>
  /** Both learn all. */
  readonly sync: () => void
} {
  const log: SequencedOp[] = []
  const anyRule = rule as MergeRule<Value, Intent, unknown, unknown, Delta>
  const own = new UndoClient(anyRule, log, 'a', options)
  const other = new UndoClient(anyRule, log, 'b', options)
  return {
    own,
    other,
    sync: () => {
      own.send()
      other.send()
      own.pull()
      other.pull()
    },
  }
}
