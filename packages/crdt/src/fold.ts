import { FlowSyncError, isFlowSyncError } from './errors.js'
import type { Op, OpId, SequencedOp } from './op.js'
import { PendingOps } from './pending-ops.js'
import type { PendingOp } from './pending-ops.js'
import type { AppliedOp, MergeRule, PrepareContext } from './rule.js'

/** What became of a sequenced op that a fold was given. */
export type Received<Delta> =
  /** Folded; the value may have changed. */
  | { readonly kind: 'applied'; readonly deltas: readonly Delta[] }
  /** It was a pending op of this client, folded earlier; it has its place now. */
  | { readonly kind: 'settled' }
  /** Its seq was folded before; nothing changed. */
  | { readonly kind: 'duplicate' }
  /** Ops between are missing; nothing changed. */
  | { readonly kind: 'gap'; readonly expectedSeq: number }
  /** It was made on a version older than this state remembers; nothing changed. Fold again from a snapshot at or below `base`. */
  | { readonly kind: 'needs-history'; readonly base: number }
  /** The rule cannot read it. Its seq is taken and the value is as before, on every replica alike. */
  | { readonly kind: 'ignored'; readonly error: FlowSyncError }

/** A local op with what it changed. */
export interface Prepared<Delta> {
  readonly op: Op
  readonly deltas: readonly Delta[]
}

/** Where a fold starts: the result of `encodeState`, and the seq it had folded up to. */
export interface FoldOrigin {
  readonly state: Uint8Array
  readonly seq: number
}

/**
 * One stream's value, folded from ops by a merge rule: sequenced ops in the hub's order, without gap
 * or duplicate, and this client's own pending ops at once.
 *
 * It holds all causal bookkeeping, so that rules hold none: hub and clients fold with this same class.
 */
export class Fold<Value, Intent, Body, State, Delta = never> {
  readonly rule: MergeRule<Value, Intent, Body, State, Delta>
  /** To be read only: it is changed by folding. */
  readonly state: State
  private foldedSeq: number
  private readonly pendingOps = new PendingOps<PendingOp<Body>>()

  /** @throws FlowSyncError `state/invalid` when `origin` cannot be read. */
  constructor(rule: MergeRule<Value, Intent, Body, State, Delta>, origin?: FoldOrigin) {
    this.rule = rule
    this.state = origin ? rule.decodeState(origin.state, origin.seq) : rule.create()
    this.foldedSeq = origin?.seq ?? 0
  }

  /** Every sequenced op up to here is folded. */
  get seq(): number {
    return this.foldedSeq
  }

  /** Immutable; the same reference until something changes. */
  get value(): Value {
    return this.rule.value(this.state)
  }

  /** Own ops without a place yet, in the order they were added. Read it anew after each change. */
  get pending(): readonly PendingOp<Body>[] {
    return this.pendingOps.list()
  }

  /** How many ops are pending; cheaper than to list them. */
  get pendingCount(): number {
    return this.pendingOps.count
  }

  /** The lowest base of an op that can be folded without older history. */
  get floor(): number {
    return this.rule.floor?.(this.state) ?? 0
  }

  /**
   * Makes an op of an intent and folds it. Undefined when the intent changes nothing.
   * @throws FlowSyncError `op/invalid-intent`; the state is as before.
   */
  prepare(intent: Intent, context: PrepareContext): Prepared<Delta> | undefined {
    const body = this.rule.prepare(this.state, intent, context)
    if (body === undefined) return undefined
    return this.applyOwn(body, context)
  }

  /**
   * What is left of an op of another past in this one; undefined when nothing is.
   * @param source the fold it was made on, without it
   * @throws FlowSyncError `op/invalid` when the rule cannot read it
   */
  rebase(op: Op, source: Fold<Value, Intent, Body, State, Delta>): Body | undefined {
    const { rule } = this
    const body = rule.decodeBody(op.body)
    const context = { op, source: source.state, target: this.state }
    return rule.rebase ? rule.rebase(body, source.value, this.value, context) : body
  }

  /** Folds an own body that was made elsewhere, such as a rebased one, as a new pending op. */
  applyOwn(body: Body, id: OpId): Prepared<Delta> {
    const op: Op = {
      replica: id.replica,
      counter: id.counter,
      count: this.rule.countOf(body),
      base: this.foldedSeq,
      extra: this.pendingOps.headsBeside(id.replica),
      body: this.rule.encodeBody(body),
    }
    return { op, deltas: this.pend(op, body) }
  }

  /**
   * Folds a pending op that was kept on disk or made by another tab.
   * @throws FlowSyncError `op/invalid` when the rule cannot read it, `op/needs-history` when the state
   *   is too new for it, `op/unknown-base` when it is too old; the state is as before.
   */
  addPending(op: Op): readonly Delta[] {
    const body = this.readBody(op)
    if (op.base > this.foldedSeq) {
      throw new FlowSyncError('op/unknown-base', `The op was made on seq ${op.base}.`, {
        retryable: true,
        details: { base: op.base, seq: this.foldedSeq },
      })
    }
    if (op.base < this.floor) {
      throw new FlowSyncError('op/needs-history', `The op was made on seq ${op.base}.`, {
        details: { base: op.base, floor: this.floor },
      })
    }
    return this.pend(op, body)
  }

  private pend(op: Op, body: Body): readonly Delta[] {
    this.pendingOps.add({ op, body })
    return this.rule.apply(this.state, applied(op, body, undefined))
  }

  /** Folds the next op of the hub's order. Total: whatever arrives, the answer says what to do. */
  receive(op: SequencedOp): Received<Delta> {
    if (op.seq <= this.foldedSeq) return { kind: 'duplicate' }
    if (op.seq !== this.foldedSeq + 1) return { kind: 'gap', expectedSeq: this.foldedSeq + 1 }

    const own = this.pendingOps.take(op)
    if (own) {
      this.rule.settle(this.state, applied(own.op, own.body, op.seq))
      this.foldedSeq = op.seq
      return { kind: 'settled' }
    }

    if (op.base < this.floor) return { kind: 'needs-history', base: op.base }
    const body = this.tryReadBody(op)
    this.foldedSeq = op.seq
    if (isFlowSyncError(body)) return { kind: 'ignored', error: body }
    return { kind: 'applied', deltas: this.rule.apply(this.state, applied(op, body, op.seq)) }
  }

  /** The hub passes bodies on unread, so that they may be anything and their count a lie. */
  private readBody(op: Op): Body {
    const body = this.rule.decodeBody(op.body)
    const count = this.rule.countOf(body)
    if (count === op.count) return body
    throw new FlowSyncError('op/invalid', `The body takes ${count} counters.`)
  }

  private tryReadBody(op: Op): Body | FlowSyncError {
    try {
      return this.readBody(op)
    } catch (error) {
      if (isFlowSyncError(error)) return error
      throw error
    }
  }

  /**
   * The state as bytes, to continue from with `new Fold(rule, { state, seq })`.
   * @throws FlowSyncError `state/pending` while own ops are pending: they have no place to be encoded at.
   */
  encodeState(): Uint8Array {
    if (this.pendingOps.count > 0) {
      throw new FlowSyncError('state/pending', 'Pending ops cannot be encoded.')
    }
    return this.rule.encodeState(this.state)
  }
}

function applied<Body, Seq extends number | undefined>(
  op: Op,
  body: Body,
  seq: Seq,
): AppliedOp<Body> & { readonly seq: Seq } {
  return {
    replica: op.replica,
    counter: op.counter,
    count: op.count,
    base: op.base,
    extra: op.extra,
    seq,
    body,
  }
}

/**
 * Carries pending ops over to another past: the hub's log was reset, or one of the ops was refused.
 *
 * @param pending ops to carry, in order, as they were made on top of `source`
 * @param source the fold they were made on, without any of them; it is consumed
 * @param target the fold that shall have them
 * @param mint gives each carried op its new id
 * @returns the new ops, folded into `target` as pending; an op of which nothing is left is dropped
 */
export function carryOver<Value, Intent, Body, State, Delta>(
  pending: readonly { readonly op: Op; readonly keep: boolean }[],
  source: Fold<Value, Intent, Body, State, Delta>,
  target: Fold<Value, Intent, Body, State, Delta>,
  mint: (count: number) => OpId,
): Op[] {
  const { rule } = target
  const carried: Op[] = []
  for (const { op, keep } of pending) {
    const rebased = keep ? target.rebase(op, source) : undefined
    source.addPending(op)
    if (rebased === undefined) continue
    carried.push(target.applyOwn(rebased, mint(rule.countOf(rebased))).op)
  }
  return carried
}
