import type { ReplicaId } from '@flowsync/crdt'
import { createReplicaId, type System } from '@flowsync/protocol'
import type { Stream } from './stream/stream.js'

const SPARE_REPLICAS = 4

/** Under which replica ids a client speaks beside its own. */
export class Replicas {
  private readonly owner: ReplicaId
  private readonly system: System
  /** Those that the hub knows of already: a stream that needs a fresh one takes it without a reconnect. */
  private readonly spares: ReplicaId[] = []

  constructor(owner: ReplicaId, system: System) {
    this.owner = owner
    this.system = system
  }

  /** A fresh one. */
  next(): ReplicaId {
    return this.spares.pop() ?? createReplicaId(this.system)
  }

  /**
   * All that `hello` is to name. It names only so many: those that have something to send come first.
   * @param adopted dead instances whose ops this client sends
   */
  others(streams: readonly Stream[], adopted: Iterable<ReplicaId>): ReplicaId[] {
    while (this.spares.length < SPARE_REPLICAS) this.spares.push(createReplicaId(this.system))
    const replicas = new Set<ReplicaId>([
      ...streams.flatMap(({ outbox }) => outbox.ranges().map(({ replica }) => replica)),
      ...streams.map(({ author }) => author.replica),
      ...this.spares,
      ...adopted,
    ])
    replicas.delete(this.owner)
    return [...replicas]
  }
}
