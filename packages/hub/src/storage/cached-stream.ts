import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { StreamHead } from './driver.js'
import type { StoredOp, StreamLedger } from './plan-append.js'

/** What is known of a replica in one stream. */
export interface ReplicaPlace {
  /** The replica's number in the database. */
  readonly number: number
  nextCounter: number
  /** Seq of the replica's latest mark in the stream; 0 when it has none. See `noteOp`. */
  markSeq: number
  /** Own ops since that mark. */
  opsSinceMark: number
}

/** What a {@link CachedStream} asks the store for. */
export interface LedgerSource {
  subjectOf(workspace: string, replica: ReplicaId): string | undefined
  loadPlace(stream: CachedStream, replica: ReplicaId): ReplicaPlace | undefined
  findStored(stream: CachedStream, replica: ReplicaId, counter: number): StoredOp | undefined
}

/**
 * A stream as its writer sees it: what is stored, what it cached of it, and what it staged in this transaction.
 * A driver that must ask asynchronously loads all that a batch can ask for beforehand, and answers from that.
 */
export class CachedStream implements StreamLedger {
  readonly number: number
  readonly places = new Map<ReplicaId, ReplicaPlace>()
  /** Accepted in this transaction, not yet in the log. */
  staged: SequencedOp[] = []
  committedHeadSeq: number
  epoch: string
  floorSeq: number
  truncatedSeq: number
  private readonly origin: StreamHead
  private readonly source: LedgerSource

  constructor(number: number, origin: StreamHead, source: LedgerSource) {
    this.number = number
    this.origin = origin
    this.source = source
    this.epoch = origin.epoch
    this.floorSeq = origin.floorSeq
    this.truncatedSeq = origin.truncatedSeq
    this.committedHeadSeq = origin.headSeq
  }

  get headSeq(): number {
    return this.committedHeadSeq + this.staged.length
  }

  get head(): StreamHead {
    const { epoch, headSeq, floorSeq, truncatedSeq } = this
    return { ...this.origin, epoch, headSeq, floorSeq, truncatedSeq }
  }

  get workspace(): string {
    return this.origin.workspace
  }

  nextCounter(replica: ReplicaId): number {
    return this.placeOf(replica)?.nextCounter ?? 1
  }

  placeOf(replica: ReplicaId): ReplicaPlace | undefined {
    const cached = this.places.get(replica)
    if (cached) return cached
    const loaded = this.source.loadPlace(this, replica)
    if (loaded) this.places.set(replica, loaded)
    return loaded
  }

  find({
    replica,
    counter,
  }: {
    readonly replica: ReplicaId
    readonly counter: number
  }): StoredOp | undefined {
    const staged = this.staged.find((op) => op.replica === replica && op.counter === counter)
    return staged ?? this.source.findStored(this, replica, counter)
  }

  subjectOf(replica: ReplicaId): string | undefined {
    return this.source.subjectOf(this.workspace, replica)
  }
}
