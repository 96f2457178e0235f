import type { FlowSyncError, OpId, ReplicaId } from '@flowsync/crdt'
import { createEpoch, createError, createSystem, type System } from '@flowsync/protocol'
import type {
  AppendBatch,
  AppendOutcome,
  LogDriver,
  LogPosition,
  LogSlice,
  ReadRange,
  Snapshot,
  StreamCreation,
  StreamHead,
  StreamKey,
  StreamReplica,
  StreamRestore,
  StoreOpening,
} from '../driver.js'
import { compareUtf8 } from './compare-utf8.js'
import { appendToDisk } from './memory-append.js'
import type { StoredStream } from './stored-stream.js'
import { WriteQueue } from './write-queue.js'
import { MemoryDisk } from './memory-disk.js'
import { streamTruncated } from '../plan-append.js'
import { planRestore } from '../plan-restore.js'

/** How a memory driver behaves. Without options it is a store that lasts as long as the hub. */
export interface MemoryOptions {
  /** What is there already, and what outlives this driver. */
  readonly disk?: MemoryDisk
  /** Lets other drivers work on the same disk at the same time, as on a database server. Default: it takes the disk over. */
  readonly isShared?: boolean
  readonly system?: System
  /**
   * How long a write waits before it is synced, and again before it is answered. A driver that is left
   * behind in between has lost the write, or only the answer.
   */
  readonly delayMs?: () => number
  /** Asked before each write is synced: an error makes the write fail with it, and nothing is stored. */
  readonly fault?: () => FlowSyncError | undefined
}

/** A log that lives in memory: for tests, demos and simulated crashes. Same semantics as the durable drivers. */
export function memory(options: MemoryOptions = {}): LogDriver {
  return new MemoryDriver(options)
}

class MemoryDriver implements LogDriver {
  readonly kind = 'memory'
  readonly isShared: boolean
  private readonly disk: MemoryDisk
  private readonly system: System
  private readonly writes: WriteQueue

  constructor(options: MemoryOptions) {
    const { disk, isShared, system, delayMs, fault } = options
    this.isShared = isShared ?? false
    this.disk = disk ?? new MemoryDisk()
    this.system = system ?? createSystem()
    this.writes = new WriteQueue({ system: this.system, delayMs, fault, check: () => this.checkHeld() })
  }

  async open(): Promise<StoreOpening> {
    if (this.isShared) this.disk.share(this)
    else this.disk.take(this)
    return { wasRestored: false }
  }

  openStream(creation: StreamCreation): Promise<StreamHead> {
    const stored = this.disk.stream(creation)
    if (stored) return this.answer(() => stored.head)
    return this.writes.add(() => {
      return (this.disk.stream(creation) ?? this.disk.create(creation, createEpoch(this.system))).head
    })
  }

  findStream(key: StreamKey): Promise<StreamHead | undefined> {
    return this.answer(() => this.disk.stream(key)?.head)
  }

  positionsOf(keys: readonly StreamKey[]): Promise<readonly (LogPosition | undefined)[]> {
    return this.answer(() => keys.map((key) => this.disk.stream(key)?.position))
  }

  append(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]> {
    return this.writes.add(() => appendToDisk(this.disk, batches))
  }

  read(range: ReadRange): Promise<LogSlice | undefined> {
    return this.answer(() => {
      const stored = this.disk.stream(range)
      if (!stored) return undefined
      if (range.afterSeq < stored.truncatedSeq) throw streamTruncated(range.stream)
      return { ...stored.position, ops: stored.read(range) }
    })
  }

  countersOf(key: StreamKey, replicas: readonly ReplicaId[]): Promise<readonly number[]> {
    return this.answer(() => {
      const stored = this.disk.stream(key)
      return replicas.map((replica) => (stored?.replicas.get(replica)?.nextCounter ?? 1) - 1)
    })
  }

  findSeq(key: StreamKey, id: OpId, subject: string): Promise<number | undefined> {
    return this.answer(() => {
      if (this.disk.subjectOf(key.workspace, id.replica) !== subject) return undefined
      const stored = this.disk.stream(key)
      const found = stored?.find(id)
      return found === 'truncated' ? stored?.truncatedSeq : found?.seq
    })
  }

  putSnapshot(key: StreamKey, snapshot: Snapshot): Promise<void> {
    return this.writes.add(() => {
      const stored = this.disk.stream(key)
      if (!stored || stored.epoch !== snapshot.epoch) return
      if (snapshot.seq > stored.headSeq || snapshot.seq < stored.truncatedSeq) return
      stored.keepSnapshot(snapshot)
    })
  }

  latestSnapshot(key: StreamKey, atOrBelow = Number.MAX_SAFE_INTEGER): Promise<Snapshot | undefined> {
    return this.answer(() => this.disk.stream(key)?.latestSnapshot(atOrBelow))
  }

  listStreams(
    workspace: string,
    { after = '', limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StreamHead[]> {
    return this.answer(() =>
      this.disk
        .streamsOf(workspace)
        .map(({ head }) => head)
        .filter(({ stream }) => compareUtf8(stream, after) > 0)
        .sort((a, b) => compareUtf8(a.stream, b.stream))
        .slice(0, limit),
    )
  }

  listWorkspaces({
    after = '',
    limit,
  }: {
    readonly after?: string
    readonly limit: number
  }): Promise<readonly string[]> {
    return this.answer(() =>
      this.disk
        .workspaces()
        .filter((workspace) => compareUtf8(workspace, after) > 0)
        .sort(compareUtf8)
        .slice(0, limit),
    )
  }

  replicasOf(
    key: StreamKey,
    { after = '', limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StreamReplica[]> {
    return this.answer(() =>
      [...(this.disk.stream(key)?.replicas ?? [])]
        .filter(([replica]) => replica > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([replica, { nextCounter, truncatedCounter }]) => {
          const subject = this.disk.subjectOf(key.workspace, replica) ?? ''
          return { replica, subject, nextCounter, truncatedCounter }
        }),
    )
  }

  renewEpoch(key: StreamKey, epoch: string): Promise<StreamHead | undefined> {
    return this.writes.add(() => {
      const stored = this.disk.stream(key)
      if (stored?.epoch === epoch) stored.epoch = createEpoch(this.system)
      return stored?.head
    })
  }

  compact(key: StreamKey, epoch: string, throughSeq: number): Promise<StreamHead | undefined> {
    return this.writes.add(() => {
      const stored = this.disk.stream(key)
      if (stored?.epoch === epoch) stored.compact(throughSeq)
      return stored?.head
    })
  }

  truncate(key: StreamKey, epoch: string, headSeq: number): Promise<StreamHead | undefined> {
    return this.writes.add(() => {
      const stored = this.disk.stream(key)
      if (stored?.mayTruncate(epoch, headSeq)) stored.truncate(createEpoch(this.system))
      return stored?.head
    })
  }

  restore(part: StreamRestore): Promise<void> {
    return this.writes.add(() => {
      const found = this.disk.stream(part.head)
      const stored = planRestore(found?.head, part) === 'create' ? this.createRestored(part) : found
      for (const op of part.ops) stored?.push(op)
      for (const snapshot of part.snapshots) stored?.keepSnapshot(snapshot)
    })
  }

  private createRestored({ head, replicas }: StreamRestore): StoredStream {
    const { epoch, floorSeq, truncatedSeq } = head
    const stored = this.disk.create(head, epoch)
    Object.assign(stored, { floorSeq, truncatedSeq })
    for (const { replica, subject, nextCounter, truncatedCounter } of replicas) {
      Object.assign(stored.logOf(replica), { nextCounter, truncatedCounter })
      this.disk.bind(head.workspace, replica, subject)
    }
    return stored
  }

  async close(): Promise<void> {
    await this.writes.idle()
    this.disk.release(this)
  }

  private async answer<T>(read: () => T): Promise<T> {
    this.checkHeld()
    return read()
  }

  private checkHeld(): void {
    if (this.disk.isHeldBy(this)) return
    throw createError('storage/unavailable', 'The storage is not open, or another hub took it over.')
  }
}
