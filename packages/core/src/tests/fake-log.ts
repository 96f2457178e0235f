import { Fold, type AnyMergeRule, type Op, type ReplicaId, type SequencedOp } from '@flowsync/crdt'
import { createEpoch, createError, createReplicaId, type System } from '@flowsync/protocol'

type AnyFold = Fold<unknown, unknown, unknown, unknown, unknown>

/** One stream as a hub keeps it, with the checks that a hub makes. */
export class FakeLog {
  readonly name: string
  readonly rule: AnyMergeRule
  ops: SequencedOp[] = []
  epoch: string
  /** Cursors below it get a snapshot. */
  floor = 0
  private readonly system: System
  private readonly other: ReplicaId
  private otherCounter = 1

  constructor(name: string, rule: AnyMergeRule, system: System) {
    this.name = name
    this.rule = rule
    this.system = system
    this.epoch = createEpoch(system)
    this.other = createReplicaId(system)
  }

  get headSeq(): number {
    return this.ops.length
  }

  get value(): unknown {
    return this.foldTo(this.headSeq).value
  }

  foldTo(seq: number): AnyFold {
    const fold: AnyFold = new Fold(this.rule)
    for (const op of this.ops.slice(0, seq)) fold.receive(op)
    return fold
  }

  snapshotAt(seq: number): { readonly seq: number; readonly state: Uint8Array } {
    return { seq, state: this.foldTo(seq).encodeState() }
  }

  throughOf(replica: ReplicaId): number {
    return this.ops.reduce((through, op) => {
      return op.replica === replica ? Math.max(through, op.counter + op.count - 1) : through
    }, 0)
  }

  /** Stores ops all or none. Returns their seqs. */
  append(ops: readonly Op[]): number[] {
    const before = [...this.ops]
    try {
      return ops.map((op) => this.appendOne(op))
    } catch (error) {
      this.ops = before
      throw error
    }
  }

  private appendOne(op: Op): number {
    const former = this.ops.find(({ replica, counter }) => replica === op.replica && counter === op.counter)
    if (former) return former.seq
    const expected = this.throughOf(op.replica) + 1
    if (op.counter !== expected) {
      throw createError('op/counter-gap', `Expected ${expected}, got ${op.counter}.`, {
        details: { expected },
      })
    }
    if (op.base > this.headSeq) throw createError('op/unknown-base', 'The base is above the head.')
    this.ops.push({ ...op, seq: this.headSeq + 1 })
    return this.headSeq
  }

  /** Somebody else's edit, made on the state at `base`. Returns what to feed. */
  edit(intent: unknown, base = this.headSeq): SequencedOp[] {
    const made = this.foldTo(base).prepare(intent, {
      replica: this.other,
      counter: this.otherCounter,
      nowMs: this.system.nowMs(),
    })
    if (!made) return []
    this.otherCounter += made.op.count
    this.append([made.op])
    return this.ops.slice(-1)
  }

  /** The log begins a new life with its first `keep` ops. */
  reset(keep: number): void {
    this.ops = this.ops.slice(0, keep)
    this.epoch = createEpoch(this.system)
    this.floor = 0
  }
}
