import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { StreamLedger } from '../plan-append.js'
import type { StreamHead } from '../driver.js'

/** What is known of a replica in one stream. */
export interface ReplicaPlace {
  /** The replica's number in the database. */
  readonly number: number
  nextCounter: number
  /** Seq of the replica's latest mark in the stream; 0 when it has none. */
  markSeq: number
  /** Own ops since that mark. */
  opsSinceMark: number
}

/** What a {@link CachedStream} asks the database for. */
export interface LedgerSource {
  subjectOf(workspace: string, replica: ReplicaId): string | undefined
  loadPlace(stream: CachedStream, replica: ReplicaId): ReplicaPlace | undefined
  findStored(stream: CachedStream, replica: ReplicaId, counter: number): SequencedOp | undefined
}

/** A stream as the writer sees it: what is stored, what it cached of it, and what it staged in this transaction. */
export class CachedStream implements StreamLedger {
  readonly number: number
  readonly places = new Map<ReplicaId, ReplicaPlace>()
  /** Accepted in this transaction, not yet in the log. */
  staged: SequencedOp[] = []
  committedHeadSeq: number
  epoch: string
  private readonly origin: StreamHead
  private readonly source: LedgerSource

  constructor(number: number, origin: StreamHead, source: LedgerSource) {
    this.number = number
    this.origin = origin
    this.source = source
    this.epoch = origin.epoch
    this.committedHeadSeq = origin.headSeq
  }

  get headSeq(): number {
    return this.committedHeadSeq + this.staged.length
  }

  get head(): StreamHead {
    return { ...this.origin, epoch: this.epoch, headSeq: this.headSeq }
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
  }): SequencedOp | undefined {
    const staged = this.staged.find((op) => op.replica === replica && op.counter === counter)
    return staged ?? this.source.findStored(this, replica, counter)
  }

  subjectOf(replica: ReplicaId): string | undefined {
    return this.source.subjectOf(this.workspace, replica)
  }
}
