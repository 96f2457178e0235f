import type { ActionsOf, AnyMergeRule, DeltaOf, IntentOf, ValueOf } from '@flowsync/crdt'
import type { Receipt } from '../outbox/receipt.js'
import type { StreamSnapshot } from './snapshot.js'

/** The cause of a change: an edit of this client, an undo or redo of this client, or an edit from the hub. */
export type DeltaOrigin = 'local' | 'history' | 'remote'

/**
 * Told of every change of position, in order and at once: the deltas of one call apply one after the
 * other, and after them `value` is current.
 */
export type DeltaListener<Delta> = (deltas: readonly Delta[], origin: DeltaOrigin) => void

/** A stream as its user holds it, whatever its merge rule. */
export interface StreamHandleBase<Value, Intent, Delta> {
  readonly name: string
  /** The current value; the same reference until it changes. */
  readonly value: Value
  /** Value and status together. Immutable; the same reference until something in it changes. */
  getSnapshot(): StreamSnapshot<Value>
  /**
   * Calls `listener` when the snapshot has changed: at once for an edit of this client, at most once a
   * frame for the edits of others. Returns the function that ends it.
   */
  subscribe(listener: () => void): () => void
  /**
   * Folds the edit at once, then saves and sends it.
   * @throws FlowSyncError `op/invalid-intent` for an intent the rule does not take, `op/too-large`, or
   *   `client/closed`; nothing has changed then.
   */
  readonly push: (intent: Intent) => Receipt
  /** Listens to changes of positions, for carets and editors. Returns the function that ends it. */
  onDelta(listener: DeltaListener<Delta>): () => void
  /** Resolves when the status is `ready`; rejects with the stream's error when it becomes `failed`. */
  whenReady(): Promise<void>
  /**
   * Gives up this use of the stream. After the last one the stream stays connected until its edits are
   * acknowledged, and is then forgotten; what is stored stays.
   */
  close(): void
}

/** The methods a rule adds to its handles: `doc.insert(0, 'hi')` pushes the intent of the same name. */
export type HandleActions<Actions> = {
  readonly [Name in keyof Actions]: Actions[Name] extends (...args: infer Args) => unknown
    ? (...args: Args) => Receipt
    : never
}

/** The handle of a stream merged by `Rule`. */
export type StreamHandle<Rule = AnyMergeRule> = StreamHandleBase<
  ValueOf<Rule>,
  IntentOf<Rule>,
  DeltaOf<Rule>
> &
  HandleActions<ActionsOf<Rule>>
