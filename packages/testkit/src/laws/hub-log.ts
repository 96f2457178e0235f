import { Fold } from '@flowsync/crdt'
import type { AnyMergeRule, Op, OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { demand, sameBytes } from './compare.js'
import type { Observer } from './observer.js'

export type AnyFold = Fold<unknown, unknown, unknown, unknown, unknown>

/** An op made by somebody who bypassed the rule; the hub checked its frame and nothing else. */
export interface ForgedOp {
  readonly count: number
  /** Taken modulo what the hub would let pass. */
  readonly base: number
  readonly known: number | undefined
  readonly body: Uint8Array
}

/** The hub's side of one stream: the log, a fold of all of it, and a snapshot at every seq. */
export class HubLog {
  private readonly rule: AnyMergeRule
  private readonly observer: Observer
  /** The fold of the whole log, which never had a pending op. */
  readonly reference: AnyFold
  readonly ops: SequencedOp[] = []
  /** The encoded state at every seq, from 0. */
  readonly snapshots: Uint8Array[]
  private readonly placedThrough = new Map<ReplicaId, number>()
  private readonly forger: { readonly replica: ReplicaId; counter: number }

  constructor(rule: AnyMergeRule, observer: Observer, forger: ReplicaId) {
    this.rule = rule
    this.observer = observer
    this.reference = new Fold(rule)
    this.snapshots = [this.reference.encodeState()]
    this.forger = { replica: forger, counter: 1 }
  }

  get head(): number {
    return this.ops.length
  }

  /** The encoded state of the whole log. */
  get state(): Uint8Array {
    return pick(this.snapshots, this.head)
  }

  isPlaced(id: OpId): boolean {
    return (this.placedThrough.get(id.replica) ?? 0) >= id.counter
  }

  /** Gives an op its seq. */
  place(op: Op): void {
    const sequenced: SequencedOp = { ...op, seq: this.head + 1 }
    const before = this.reference.value
    const received = this.reference.receive(sequenced)
    demand(received.kind === 'applied' || received.kind === 'ignored', 'a full fold takes every op', received)
    if (received.kind === 'ignored') {
      demand(this.reference.value === before, 'an ignored op changes nothing', op)
      demand(sameBytes(this.reference.encodeState(), this.state), 'an ignored op changes no byte', op)
    } else this.observer.changed(this.reference, before, received.deltas, 'receive')
    this.ops.push(sequenced)
    this.placedThrough.set(op.replica, op.counter + op.count - 1)
    this.snapshots.push(this.reference.encodeState())
  }

  /** Gives an op with any body its seq. */
  forge({ count, base, known, body }: ForgedOp): void {
    const friend = known === undefined || this.head === 0 ? undefined : pick(this.ops, known)
    const { replica, counter } = this.forger
    this.forger.counter += count
    this.place({
      replica,
      counter,
      count,
      base: base % (this.head + 1),
      extra: friend ? [{ replica: friend.replica, counter: friend.counter + friend.count - 1 }] : [],
      body,
    })
  }

  /** True when the fold holds an op, pending or placed. */
  isKnownTo(fold: AnyFold, { replica, counter }: OpId): boolean {
    const isIt = (op: Op) =>
      op.replica === replica && op.counter <= counter && counter < op.counter + op.count
    return fold.pending.some(({ op }) => isIt(op)) || this.ops.slice(0, fold.seq).some(isIt)
  }

  /** Begins at the snapshot of some seq. */
  fromSnapshot(seq: number): AnyFold {
    return new Fold(this.rule, { state: pick(this.snapshots, seq), seq })
  }

  /**
   * Folds up to `seq` from a snapshot that is old enough for all `known` ops, then adds `pending`.
   * @param age how far before the newest usable snapshot to begin
   */
  refold(seq: number, known: readonly Op[], pending: readonly Op[], age: number): AnyFold {
    const newest = Math.min(seq, ...known.map(({ base }) => base))
    let from = newest - (age % (newest + 1))
    for (;;) {
      const fold = this.fromSnapshot(from)
      const missing = this.foldTail(fold, seq)
      if (missing === undefined) {
        for (const op of pending) fold.addPending(op)
        return fold
      }
      demand(missing < from, 'history is enough from the base on', { from, missing })
      from = missing
    }
  }

  /** Folds up to `seq`; returns the base of the first op that needs older history. */
  private foldTail(fold: AnyFold, seq: number): number | undefined {
    while (fold.seq < seq) {
      const received = fold.receive(pick(this.ops, fold.seq))
      if (received.kind === 'needs-history') return received.base
    }
    return undefined
  }
}

/** Takes an item by an index of any size. */
export function pick<Item>(items: readonly Item[], index: number): Item {
  const item = items[index % items.length]
  if (item === undefined) throw new Error('there is nothing to pick from')
  return item
}
