import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { MemoryDisk } from '@flowsync/hub'
import type { SimulatedStream } from './scenario.js'
import { WORKSPACE } from './streams.js'

type StoredStream = ReturnType<MemoryDisk['create']>

const ALL = { afterSeq: 0, limitBytes: Infinity }

/** A disk that writes down elsewhere what is truncated on it. */
class ArchivingDisk extends MemoryDisk {
  readonly archives = new Map<StoredStream, SequencedOp[]>()

  override create(...creation: Parameters<MemoryDisk['create']>): StoredStream {
    const stored = super.create(...creation)
    const truncate = stored.truncate.bind(stored)
    stored.truncate = (epoch) => {
      this.archives.set(stored, this.everything(stored))
      truncate(epoch)
    }
    return stored
  }

  everything(stored: StoredStream): SequencedOp[] {
    const kept = stored.read({ ...stored.creation, ...ALL, afterSeq: stored.truncatedSeq })
    return [...(this.archives.get(stored) ?? []), ...kept]
  }
}

/** The storage of all hubs of a run, as it is when nobody lies. */
export class HubStore {
  private current = new ArchivingDisk()

  /** What hubs mount. */
  get disk(): MemoryDisk {
    return this.current
  }

  /** Everything that ever became durable of a stream's log, in order; of truncated ops too. */
  logOf(stream: SimulatedStream): readonly SequencedOp[] {
    const stored = this.stored(stream)
    return stored ? this.current.everything(stored) : []
  }

  /** Ops at or below it are compressed, or truncated. */
  floorSeqOf(stream: SimulatedStream): number {
    return this.stored(stream)?.floorSeq ?? 0
  }

  /** The durable snapshots of a stream, by seq. */
  snapshotsOf(stream: SimulatedStream): ReadonlyMap<number, Uint8Array> {
    const snapshots = new Map<number, Uint8Array>()
    const stored = this.stored(stream)
    let snapshot = stored?.latestSnapshot(Infinity)
    while (stored && snapshot) {
      snapshots.set(snapshot.seq, snapshot.state)
      snapshot = stored.latestSnapshot(snapshot.seq - 1)
    }
    return snapshots
  }

  /** What a disk does that reported a write before it was durable: the last op of every stream is gone. */
  forgetLastWrites(): void {
    const former = this.current
    this.current = new ArchivingDisk()
    for (const stored of former.streamsOf(WORKSPACE)) {
      const copy = this.current.create(stored.creation, stored.epoch)
      const kept = former.everything(stored).slice(0, -1)
      for (const op of kept) copy.push(op)
      for (const replica of stored.replicas.keys()) this.bindAgain(former, replica)
    }
  }

  private bindAgain(former: MemoryDisk, replica: ReplicaId): void {
    const subject = former.subjectOf(WORKSPACE, replica)
    if (subject !== undefined) this.current.bind(WORKSPACE, replica, subject)
  }

  private stored(stream: SimulatedStream): StoredStream | undefined {
    return this.current.stream({ workspace: WORKSPACE, stream })
  }
}
