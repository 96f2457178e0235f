import type { ReplicaId } from '@flowsync/crdt'
import { CachedStream, type LedgerSource } from '../cached-stream.js'
import type { StreamHead } from '../driver.js'
import type { StoredOp } from '../plan-append.js'
import type { ReplicaNumbers } from './replica-numbers.js'

/** A stream as it was read, with what was found out about its replicas and stored ops. */
export class LoadedStream extends CachedStream {
  /** Replicas that have appended nothing to the stream. */
  readonly strangers = new Set<ReplicaId>()
  /** Counters below which ops are truncated, of replicas that have such. */
  readonly truncatedCounters = new Map<ReplicaId, number>()
  /** Stored ops that the batches at hand ask for, by replica and counter. */
  readonly stored = new Map<string, StoredOp>()

  constructor(head: StreamHead, replicas: ReplicaNumbers) {
    super(0, head, sourceOf(replicas))
  }

  knows(replica: ReplicaId): boolean {
    return this.places.has(replica) || this.strangers.has(replica)
  }

  /** What is staged is stored now. */
  commit(): void {
    this.committedHeadSeq = this.headSeq
    this.staged = []
    this.stored.clear()
  }

  forgetReplicas(): void {
    this.places.clear()
    this.strangers.clear()
    this.truncatedCounters.clear()
  }
}

/** Everything is loaded before a batch is planned: what is not there does not exist. */
function sourceOf(replicas: ReplicaNumbers): LedgerSource {
  return {
    subjectOf: (workspace, replica) => replicas.get(workspace, replica)?.subject,
    loadPlace: () => undefined,
    findStored: (stream, replica, counter) =>
      stream instanceof LoadedStream ? stream.stored.get(`${replica}/${counter}`) : undefined,
  }
}
