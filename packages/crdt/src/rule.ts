import type { Op, OpId } from './op.js'

/** When, and by whom, a local op is made. All of it is given: rules never read a clock. */
export interface PrepareContext extends OpId {
  /** Milliseconds since 1970 by the author's clock, which may be wrong. */
  readonly nowMs: number
}

/** An op as a rule sees it when folding: decoded, with the version it was made at. */
export interface AppliedOp<Body> extends OpId {
  readonly count: number
  readonly base: number
  readonly extra: readonly OpId[]
  /** The op's place, or undefined while it is known to this client alone. */
  readonly seq: number | undefined
  readonly body: Body
}

/** What `rebase` may look up when values do not tell enough; neither state may be changed. */
export interface RebaseContext<State> {
  /** The op as it was made. */
  readonly op: Op
  /** The state it was made on, without it. */
  readonly source: State
  /** The state it shall now apply to. */
  readonly target: State
}

/** Functions that make intents, by the name of the method that a stream handle offers for each. */
// `never` parameters: every function is assignable, none can be called without knowing its rule.
export type ActionCreators<Intent> = Readonly<Record<string, (...args: never) => Intent>>

/**
 * How one kind of stream merges: what its ops are and how they fold into a state.
 *
 * A rule is deterministic and total: it reads no clock and no random source, and `apply` never throws
 * for a body that `decodeBody` let through, whatever position or key it names.
 *
 * The state belongs to the fold that created it and may be changed in place. `value` hands out
 * immutable snapshots and returns the same reference as long as nothing changed.
 *
 * Order of calls, kept by `Fold`: sequenced ops arrive in seq order without gaps or duplicates. Ops
 * of this client arrive earlier, without a seq, in the order of their counters; when the hub has
 * placed one, `settle` is called in its stead. An op's causal past is always applied before it.
 *
 * Laws, property-tested for every rule: all orders allowed above end in byte-identical
 * `encodeState`; a decoded state continues as the original would; the value is unchanged by encoding.
 */
export interface MergeRule<Value, Intent, Body, State, Delta = never, Actions = ActionCreators<Intent>> {
  /** Name on the wire and in the hub's configuration, such as `text`. */
  readonly name: string
  /** Raised when bodies or states of a former version can no longer be read. */
  readonly version: number
  /** The methods a handle of such a stream has, each making an intent: `doc.insert(0, 'hi')`. */
  readonly actions: Actions

  create(): State

  /**
   * Turns what the user wants into an op body, reading but never changing the state.
   * Returns undefined when the intent changes nothing (deleting an empty range).
   * @throws FlowSyncError `op/invalid-intent` for input the rule does not take.
   */
  prepare(state: State, intent: Intent, context: PrepareContext): Body | undefined
  /** How many counters a body takes, at least 1. */
  countOf(body: Body): number

  /** Folds one op. Returns what changed, for listeners that track positions. */
  apply(state: State, op: AppliedOp<Body>): readonly Delta[]
  /** Tells that an own op, applied before, now has its place. */
  settle(state: State, op: AppliedOp<Body> & { readonly seq: number }): void

  value(state: State): Value

  encodeBody(body: Body): Uint8Array
  /** @throws FlowSyncError `op/invalid` for anything that `encodeBody` does not make. */
  decodeBody(bytes: Uint8Array): Body
  /** Canonical bytes of a state in which every op has its seq. Two equal states give equal bytes. */
  encodeState(state: State): Uint8Array
  /**
   * @param seq the seq up to which the encoded state had folded
   * @throws FlowSyncError `state/invalid`
   */
  decodeState(bytes: Uint8Array, seq: number): State

  /**
   * The lowest `base` that `apply` can still merge. A state decoded from a snapshot may know nothing
   * of the history before it; the owner then folds again from an older snapshot. Absent: always 0.
   */
  floor?(state: State): number

  /**
   * Carries an own, never acknowledged op over to another past (the hub was reset, or an earlier op
   * was refused). `before` is the value the op was made on, `after` the value it shall now apply to.
   * Absent: the body is kept as it is. Returns undefined when nothing is left of it.
   */
  rebase?(body: Body, before: Value, after: Value, context: RebaseContext<State>): Body | undefined
}

/** A rule whose types are not known statically, as registries hold it. */
// Method parameters are bivariant, so every concrete rule is assignable without `any`.
export type AnyMergeRule = MergeRule<unknown, unknown, unknown, unknown, unknown, ActionCreators<unknown>>

export type ValueOf<R> = R extends { value(state: never): infer Value } ? Value : never
export type IntentOf<R> = R extends { prepare(state: never, intent: infer Intent, context: never): unknown }
  ? Intent
  : never
export type ActionsOf<R> = R extends { readonly actions: infer Actions } ? Actions : never
export type DeltaOf<R> = R extends { apply(state: never, op: never): readonly (infer Delta)[] }
  ? Delta
  : never
