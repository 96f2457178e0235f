import type { System } from '@flowsync/protocol'
import { describeError, type HubLogger } from '../logging/logger.js'
import type { LogDriver, Snapshot } from '../storage/driver.js'
import { foldLog } from './fold-log.js'
import type { OpenStream } from './open-stream.js'
import { isSnapshotDue, type SnapshotPolicy } from './snapshot-policy.js'

/** What a {@link Snapshotter} works with. */
export interface SnapshotterOptions {
  readonly storage: LogDriver
  readonly system: System
  readonly policy: SnapshotPolicy
  readonly cacheBytes: number
  readonly logger: HubLogger
}

/**
 * Keeps snapshots fresh, one fold at a time in the background, and the latest ones in memory as the
 * bytes that are sent. A snapshot is made of log rows only: it can never hold what was not durable.
 */
export class Snapshotter {
  private readonly options: SnapshotterOptions
  private readonly due = new Set<OpenStream>()
  private readonly cache = new Map<OpenStream, Snapshot>()
  private cachedBytes = 0
  private running: Promise<void> | undefined
  private isClosed = false

  constructor(options: SnapshotterOptions) {
    this.options = options
  }

  /** Notes that ops were appended. */
  appended(stream: OpenStream, ops: number, bytes: number): void {
    stream.tailOps += ops
    stream.tailBytes += bytes
    this.consider(stream)
  }

  /** The latest snapshot at or below a seq. Older ones are read, the latest comes from memory if it can. */
  async latest(stream: OpenStream, atOrBelow = Number.MAX_SAFE_INTEGER): Promise<Snapshot | undefined> {
    const cached = this.cache.get(stream)
    if (cached && cached.epoch === stream.epoch && cached.seq <= atOrBelow) return cached
    if (stream.snapshotSeq === 0) return undefined
    const snapshot = await this.options.storage.latestSnapshot(stream.key, atOrBelow)
    if (atOrBelow === Number.MAX_SAFE_INTEGER) this.learn(stream, snapshot)
    return snapshot
  }

  /** Waits for the fold under way and begins no other. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.running
  }

  private learn(stream: OpenStream, snapshot: Snapshot | undefined): void {
    if ((stream.snapshotSeq ?? 0) > (snapshot?.seq ?? 0)) return
    stream.snapshotSeq = snapshot?.seq ?? 0
    stream.snapshotBytes = snapshot?.state.length ?? 0
    stream.tailOps = Math.max(stream.headSeq - stream.snapshotSeq, 0)
    if (snapshot) this.remember(stream, snapshot)
    this.consider(stream)
  }

  private remember(stream: OpenStream, snapshot: Snapshot): void {
    this.forget(stream)
    this.cache.set(stream, snapshot)
    this.cachedBytes += snapshot.state.length
    for (const oldest of this.cache.keys()) {
      if (this.cachedBytes <= this.options.cacheBytes) return
      this.forget(oldest)
    }
  }

  private forget(stream: OpenStream): void {
    this.cachedBytes -= this.cache.get(stream)?.state.length ?? 0
    this.cache.delete(stream)
  }

  private consider(stream: OpenStream): void {
    if (this.isClosed || this.due.has(stream) || !isSnapshotDue(stream, this.options.policy)) return
    this.due.add(stream)
    this.running ??= this.run()
  }

  private async run(): Promise<void> {
    for (const stream of this.due) {
      await this.take(stream)
      this.due.delete(stream)
      if (this.isClosed) break
    }
    this.running = undefined
  }

  private async take(stream: OpenStream): Promise<void> {
    const { storage, system, logger } = this.options
    const { key, rule } = stream
    try {
      const folded = await foldLog({ storage, system, key, rule })
      if (!folded || folded.fold.seq === 0) return
      const snapshot = { epoch: folded.epoch, seq: folded.fold.seq, state: folded.fold.encodeState() }
      stream.tailOps = Math.max(stream.headSeq - snapshot.seq, 0)
      stream.tailBytes = 0
      await storage.putSnapshot(key, snapshot)
      stream.snapshotSeq = snapshot.seq
      stream.snapshotBytes = snapshot.state.length
      if (snapshot.epoch === stream.epoch) this.remember(stream, snapshot)
    } catch (error) {
      // The log is whole without it; the next ops are the next occasion.
      stream.tailOps = 0
      stream.tailBytes = 0
      logger.warn({ workspace: key.workspace, ...describeError(error) }, 'a snapshot failed')
    }
  }
}
