import type { OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { LogPosition, ReadRange, Snapshot, StreamCreation, StreamHead } from '../driver.js'
import { keptSnapshots } from '../kept-snapshots.js'
import { sizeOfOp } from '../op-size.js'
import type { StoredOp } from '../plan-append.js'
import { SEGMENT_OPS } from '../segment.js'

/** The ops of one replica in one stream, in the order of their counters. */
export interface ReplicaLog {
  nextCounter: number
  /** Its ops with counters below are truncated. */
  truncatedCounter: number
  ops: SequencedOp[]
}

/** One stream as it would be on disk. */
export class StoredStream {
  readonly creation: StreamCreation
  epoch: string
  floorSeq = 0
  truncatedSeq = 0
  readonly replicas = new Map<ReplicaId, ReplicaLog>()
  /** Those after `truncatedSeq`. */
  private ops: SequencedOp[] = []
  /** By seq. */
  private readonly snapshots = new Map<number, Snapshot>()

  constructor({ workspace, stream, rule, ruleVersion }: StreamCreation, epoch: string) {
    this.creation = { workspace, stream, rule, ruleVersion }
    this.epoch = epoch
  }

  get headSeq(): number {
    return this.truncatedSeq + this.ops.length
  }

  get position(): LogPosition {
    const { epoch, headSeq, floorSeq, truncatedSeq } = this
    return { epoch, headSeq, floorSeq, truncatedSeq }
  }

  get head(): StreamHead {
    return { ...this.creation, ...this.position }
  }

  /** The log of a replica, begun when there is none. */
  logOf(replica: ReplicaId): ReplicaLog {
    const log = this.replicas.get(replica) ?? { nextCounter: 1, truncatedCounter: 1, ops: [] }
    this.replicas.set(replica, log)
    return log
  }

  push(op: SequencedOp): void {
    const log = this.logOf(op.replica)
    this.ops.push(op)
    log.ops.push(op)
    log.nextCounter = Math.max(log.nextCounter, op.counter + op.count)
  }

  /** Binary search: counters ascend. */
  find({ replica, counter }: OpId): StoredOp | undefined {
    const log = this.replicas.get(replica)
    if (!log) return undefined
    if (counter < log.truncatedCounter) return 'truncated'
    let low = 0
    let high = log.ops.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((log.ops[middle]?.counter ?? 0) < counter) low = middle + 1
      else high = middle
    }
    const op = log.ops[low]
    return op?.counter === counter ? op : undefined
  }

  read({ afterSeq, limitBytes, throughSeq = this.headSeq }: ReadRange): SequencedOp[] {
    const read: SequencedOp[] = []
    let bytes = 0
    for (let seq = afterSeq + 1; seq <= throughSeq && bytes < limitBytes; seq++) {
      const op = this.ops[seq - 1 - this.truncatedSeq]
      if (!op) break
      read.push(op)
      bytes += sizeOfOp(op)
    }
    return read
  }

  keepSnapshot(snapshot: Snapshot): void {
    this.snapshots.set(snapshot.seq, { ...snapshot, state: snapshot.state.slice() })
    const kept = new Set(keptSnapshots([...this.snapshots.keys()]))
    for (const seq of this.snapshots.keys()) if (!kept.has(seq)) this.snapshots.delete(seq)
  }

  latestSnapshot(atOrBelow: number): Snapshot | undefined {
    const seqs = [...this.snapshots.keys()].filter((seq) => seq <= atOrBelow)
    const snapshot = this.snapshots.get(Math.max(...seqs))
    return snapshot && { ...snapshot, epoch: this.epoch }
  }

  /** Nothing is gained by compressing what is in memory for a while only: the floor is what others see. */
  compact(throughSeq: number): void {
    const newest = Math.max(0, ...this.snapshots.keys())
    this.floorSeq = Math.max(this.floorSeq, Math.min(throughSeq, newest, this.floorSeq + SEGMENT_OPS))
  }

  /** Whether the log may be forgotten up to its head. */
  mayTruncate(epoch: string, headSeq: number): boolean {
    return this.epoch === epoch && this.headSeq === headSeq && this.snapshots.has(headSeq)
  }

  truncate(epoch: string): void {
    const { headSeq } = this
    Object.assign(this, { epoch, floorSeq: headSeq, truncatedSeq: headSeq, ops: [] })
    for (const seq of this.snapshots.keys()) if (seq < headSeq) this.snapshots.delete(seq)
    for (const log of this.replicas.values()) {
      log.ops = []
      log.truncatedCounter = log.nextCounter
    }
  }
}
