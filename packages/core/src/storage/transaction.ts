import type { Op, ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { Checkpoint, OutboxEntry, OutboxRemoval, StorageTransaction, StreamWrite } from './driver.js'

/** An op on its way into the outbox on disk. */
export interface UnsavedOp {
  readonly stream: string
  readonly owner: ReplicaId
  readonly order: number
  readonly op: Op
}

/** Collects changes until they are written; all that is in it at that time is stored in one transaction. */
export class PendingTransaction<Unsaved extends UnsavedOp> {
  private readonly streams = new Map<string, StreamWrite & { tail: SequencedOp[] }>()
  private readonly removals = new Map<string, OutboxRemoval>()
  private additions: Unsaved[] = []

  get isEmpty(): boolean {
    return this.streams.size === 0 && this.removals.size === 0 && this.additions.length === 0
  }

  /** What asked to be told when its op is saved. */
  get unsaved(): readonly Unsaved[] {
    return this.additions
  }

  addOp(op: Unsaved): void {
    this.additions.push(op)
  }

  /** Also takes back what was added here and not yet written. */
  removeOps(removal: OutboxRemoval): void {
    const { stream, replica, through } = removal
    const key = replica + stream
    // What was put back after a removal of more is taken back too.
    if ((this.removals.get(key)?.through ?? 0) < through) this.removals.set(key, removal)
    this.additions = this.additions.filter(
      ({ stream: name, op }) => name !== stream || op.replica !== replica || op.counter > through,
    )
  }

  appendTail(stream: string, epoch: string, ops: readonly SequencedOp[]): void {
    const write = this.streams.get(stream)
    if (write && write.epoch === epoch) for (const op of ops) write.tail.push(op)
    else this.streams.set(stream, { stream, epoch, replace: false, tail: [...ops] })
  }

  /** Puts a checkpoint at the end of all that was appended so far. False when it cannot be told apart from a replacement. */
  putCheckpoint(stream: string, epoch: string, checkpoint: Checkpoint): boolean {
    const write = this.streams.get(stream) ?? { stream, epoch, replace: false, tail: [] }
    if (write.replace || write.epoch !== epoch) return false
    // The tail stays beside it: the storage may have to ignore the checkpoint.
    this.streams.set(stream, { ...write, checkpoint })
    return true
  }

  replaceStream(
    stream: string,
    epoch: string,
    checkpoint: Checkpoint | undefined,
    tail: readonly SequencedOp[],
  ): void {
    this.streams.set(stream, { stream, epoch, replace: true, checkpoint, tail: [...tail] })
  }

  /** Adds what was staged after this one. */
  merge(later: PendingTransaction<Unsaved>): void {
    for (const removal of later.removals.values()) this.removeOps(removal)
    for (const op of later.additions) this.addOp(op)
    for (const { stream, epoch, replace, checkpoint, tail } of later.streams.values()) {
      if (replace) this.replaceStream(stream, epoch, checkpoint, tail)
      else this.appendTail(stream, epoch, tail)
      // A checkpoint is only there to save time; the tail that it would cover is kept.
    }
  }

  build(): StorageTransaction {
    return {
      streams: [...this.streams.values()],
      remove: [...this.removals.values()],
      add: entriesOf(this.additions),
    }
  }
}

/** One entry for each run of ops of one stream and replica. */
function entriesOf(additions: readonly UnsavedOp[]): OutboxEntry[] {
  const open = new Map<string, OutboxEntry & { ops: Op[] }>()
  for (const { stream, owner, order, op } of additions) {
    const key = op.replica + stream
    const entry = open.get(key)
    if (entry) entry.ops.push(op)
    else open.set(key, { stream, owner, order, ops: [op] })
  }
  return [...open.values()]
}
