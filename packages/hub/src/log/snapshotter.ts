import type { SequencedOp } from '@flowsync/crdt'
import type { System } from '@flowsync/protocol'
import { describeError, type HubLogger } from '../logging/logger.js'
import type { LogDriver, Snapshot } from '../storage/driver.js'
import { sizeOfOp } from '../storage/op-size.js'
import { CleanCuts } from './clean-cuts.js'
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
 * It is made where the log can be cut cleanly, so that those who begin with it need no older history.
 */
export class Snapshotter {
  private readonly options: SnapshotterOptions
  private readonly cuts = new WeakMap<OpenStream, CleanCuts>()
  /** Streams that get a snapshot next, and where. */
  private readonly due = new Map<OpenStream, number>()
  /** Streams that want a snapshot, with what cancels the next look at them. */
  private readonly waiting = new Map<OpenStream, () => void>()
  private readonly cache = new Map<OpenStream, Snapshot>()
  private cachedBytes = 0
  private running: Promise<void> | undefined
  private isClosed = false

  constructor(options: SnapshotterOptions) {
    this.options = options
  }

  /** Notes that ops were appended. */
  appended(stream: OpenStream, ops: readonly SequencedOp[]): void {
    const nowMs = this.options.system.nowMs()
    stream.tailBytes += ops.reduce((sum, op) => sum + sizeOfOp(op), 0)
    this.cutsOf(stream, (ops[0]?.seq ?? 1) - 1).note(ops, nowMs)
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
    for (const cancel of this.waiting.values()) cancel()
    await this.running
  }

  private learn(stream: OpenStream, snapshot: Snapshot | undefined): void {
    if ((stream.snapshotSeq ?? 0) > (snapshot?.seq ?? 0)) return
    stream.snapshotSeq = snapshot?.seq ?? 0
    stream.snapshotBytes = snapshot?.state.length ?? 0
    stream.tailFrom = stream.snapshotSeq
    if (snapshot) this.remember(stream, snapshot)
    this.cutsOf(stream, stream.headSeq)
    this.consider(stream)
  }

  private cutsOf(stream: OpenStream, headSeq: number): CleanCuts {
    const known = this.cuts.get(stream)
    if (known) return known
    const { policy, system } = this.options
    const cuts = new CleanCuts(policy.settleMs, headSeq, system.nowMs())
    this.cuts.set(stream, cuts)
    return cuts
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
    const { policy } = this.options
    const { tailFrom, tailBytes, snapshotBytes, headSeq } = stream
    const tailOps = headSeq - tailFrom
    if (
      this.isClosed ||
      this.due.has(stream) ||
      !isSnapshotDue({ tailOps, tailBytes, snapshotBytes }, policy)
    )
      return
    const seq = this.cutAt(stream)
    // A cut that leaves most of the tail would save joiners little.
    if (seq === undefined || (seq - tailFrom) * 2 < tailOps) {
      this.lookAgain(stream)
      return
    }
    this.due.set(stream, seq)
    this.running ??= this.run()
  }

  /** A rule without a floor never asks for history: every place will do. */
  private cutAt(stream: OpenStream): number | undefined {
    if (!stream.rule.floor) return stream.headSeq
    return this.cuts.get(stream)?.latest(this.options.system.nowMs())
  }

  private lookAgain(stream: OpenStream): void {
    if (this.waiting.has(stream)) return
    const { system, policy } = this.options
    const cancel = system.setTimer(policy.settleMs, () => {
      this.waiting.delete(stream)
      this.consider(stream)
    })
    this.waiting.set(stream, cancel)
  }

  private async run(): Promise<void> {
    for (const [stream, seq] of this.due) {
      await this.take(stream, seq)
      this.due.delete(stream)
      if (this.isClosed) break
    }
    this.running = undefined
  }

  private async take(stream: OpenStream, throughSeq: number): Promise<void> {
    const { storage, system, logger } = this.options
    const { key, rule } = stream
    try {
      const folded = await foldLog({ storage, system, key, rule, throughSeq })
      if (!folded || folded.fold.seq === 0) return
      const snapshot = { epoch: folded.epoch, seq: folded.fold.seq, state: folded.fold.encodeState() }
      await storage.putSnapshot(key, snapshot)
      stream.snapshotSeq = snapshot.seq
      stream.snapshotBytes = snapshot.state.length
      this.cutTail(stream, snapshot.seq)
      if (snapshot.epoch === stream.epoch) this.remember(stream, snapshot)
    } catch (error) {
      // The log is whole without it; the next tail is the next occasion.
      this.cutTail(stream, stream.headSeq)
      logger.warn({ workspace: key.workspace, ...describeError(error) }, 'a snapshot failed')
    }
  }

  private cutTail(stream: OpenStream, seq: number): void {
    const left = stream.headSeq - seq
    const before = stream.headSeq - stream.tailFrom
    stream.tailBytes = before > 0 ? Math.round((stream.tailBytes * left) / before) : 0
    stream.tailFrom = seq
  }
}
