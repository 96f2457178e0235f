import type { FlowSyncError, Op, ReplicaId } from '@flowsync/crdt'
import type { OutboxRange } from '@flowsync/protocol'
import type { ReceiptControl } from './receipt.js'

/** An own op on its way to the hub and into the confirmed state. */
export interface OutboxOp {
  readonly op: Op
  /** The client instance under whose name it is stored. */
  readonly owner: ReplicaId
  /** Place among all ops of this device; given anew when the storage has opened. */
  order: number
  /** Absent for ops of a dead instance. */
  readonly receipt: ReceiptControl | undefined
  /** It is on disk, or was. */
  isStored: boolean
  /**
   * It takes the place of an op that is on disk, so it is not sent before the disk has both changes: otherwise another
   * instance would find the former one and send it too.
   */
  readonly replacesStored: boolean
  /** Only what is saved may be sent: a hub that has an op its author forgot would see its counter again. */
  isSaved: boolean
  /** It was given to a connection that may still be alive. */
  isSent: boolean
  /** It was given to some connection at some time. */
  wasSent: boolean
  /** The hub has it. It stays here until the confirmed state on disk has it too. */
  isAcked: boolean
  /** Its place, once the hub has told; 0 before. */
  seq: number
  /** Why the hub will never take it. */
  refusal: FlowSyncError | undefined
  /** It is in the outbox. */
  isQueued: boolean
}

/** A stream's own ops that are not in its confirmed state yet, in the order they were made. */
export class Outbox {
  private ops: OutboxOp[] = []
  private head = 0
  private pending = 0
  /** The same ops by replica and counter: one is looked for with every op that the hub tells. */
  private readonly byReplica = new Map<ReplicaId, Map<number, OutboxOp>>()

  /** How many the hub has neither acknowledged nor refused. */
  get pendingCount(): number {
    return this.pending
  }

  get isEmpty(): boolean {
    return this.head === this.ops.length
  }

  *[Symbol.iterator](): Generator<OutboxOp> {
    for (let index = this.head; index < this.ops.length; index++) yield this.ops[index] as OutboxOp
  }

  add(op: OutboxOp): void {
    op.isQueued = true
    this.ops.push(op)
    const { replica, counter } = op.op
    const ofReplica = this.byReplica.get(replica) ?? new Map<number, OutboxOp>()
    this.byReplica.set(replica, ofReplica.set(counter, op))
    if (isPending(op)) this.pending++
  }

  /** Puts ops before all that are here. */
  putFirst(ops: readonly OutboxOp[]): void {
    const later = [...this]
    for (const op of later) this.remove(op)
    for (const op of [...ops, ...later]) this.add(op)
  }

  find(replica: ReplicaId, counter: number): OutboxOp | undefined {
    return this.byReplica.get(replica)?.get(counter)
  }

  /** Marks an op as stored by the hub, at `seq` when that is known. */
  acknowledge(op: OutboxOp, seq: number): void {
    if (isPending(op)) this.pending--
    op.isAcked = true
    op.seq ||= seq
    if (op.seq > 0) op.receipt?.acknowledge(op.seq)
  }

  /** Marks an op as one that will be taken back. */
  refuse(op: OutboxOp, error: FlowSyncError): void {
    if (isPending(op)) this.pending--
    op.refusal = error
    op.receipt?.reject(error)
  }

  remove(op: OutboxOp): void {
    const index = this.ops.indexOf(op, this.head)
    if (index < 0) return
    if (isPending(op)) this.pending--
    op.isQueued = false
    const ofReplica = this.byReplica.get(op.op.replica)
    ofReplica?.delete(op.op.counter)
    if (ofReplica?.size === 0) this.byReplica.delete(op.op.replica)
    if (index > this.head) {
      this.ops.splice(index, 1)
      return
    }
    // Dropping the front one by one would move the whole queue each time.
    this.head++
    if (this.head < 1024 && this.head < this.ops.length) return
    this.ops = this.ops.slice(this.head)
    this.head = 0
  }

  /** Per replica, the counters from its first op to its last. */
  ranges(): OutboxRange[] {
    const ranges = new Map<ReplicaId, OutboxRange>()
    for (const { op } of this) {
      const from = ranges.get(op.replica)?.from ?? op.counter
      ranges.set(op.replica, { replica: op.replica, from, through: op.counter + op.count - 1 })
    }
    return [...ranges.values()]
  }

  /** The lowest seq that one of the ops was made on; Infinity when it is empty. */
  get minBase(): number {
    let min = Infinity
    for (const { op } of this) min = Math.min(min, op.base)
    return min
  }
}

function isPending({ isQueued, isAcked, refusal }: OutboxOp): boolean {
  return isQueued && !isAcked && refusal === undefined
}
