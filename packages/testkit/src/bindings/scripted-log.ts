import type { DehydratedStream } from '@flowsync/core'
import { Fold, type AnyMergeRule, type Op, type SequencedOp } from '@flowsync/crdt'
import { createEpoch, createReplicaId, type System } from '@flowsync/protocol'

/** One stream as the scripted hub keeps it. */
export class ScriptedLog {
  readonly name: string
  readonly epoch: string
  readonly ops: SequencedOp[] = []
  /** Who made each op. */
  readonly authors: string[] = []
  private readonly rule: AnyMergeRule
  private readonly system: System
  private readonly fold: Fold<unknown, unknown, unknown, unknown, unknown>
  private readonly replica
  private nextCounter = 1

  constructor(name: string, rule: AnyMergeRule, system: System) {
    this.name = name
    this.rule = rule
    this.system = system
    this.epoch = createEpoch(system)
    this.replica = createReplicaId(system)
    this.fold = new Fold(rule)
  }

  /** What everything stored so far folds to. */
  get value(): unknown {
    return this.fold.value
  }

  /** Gives an op its seq; an op that is in already keeps its own. */
  append(op: Op, author: string): SequencedOp {
    const former = this.ops.find(({ replica, counter }) => replica === op.replica && counter === op.counter)
    if (former !== undefined) return former
    const placed: SequencedOp = { ...op, seq: this.ops.length + 1 }
    this.ops.push(placed)
    this.authors.push(author)
    this.fold.receive(placed)
    return placed
  }

  /** An edit of somebody else. */
  edit(intent: unknown): SequencedOp | undefined {
    const prepared = this.fold.prepare(intent, {
      replica: this.replica,
      counter: this.nextCounter,
      nowMs: this.system.nowMs(),
    })
    if (prepared === undefined) return undefined
    this.nextCounter += prepared.op.count
    return this.append(prepared.op, 'other')
  }

  dehydrate(): DehydratedStream {
    const state = this.fold.encodeState()
    return {
      name: this.name,
      rule: this.rule.name,
      epoch: this.epoch,
      seq: this.fold.seq,
      state: btoa(String.fromCharCode(...state)),
    }
  }
}
