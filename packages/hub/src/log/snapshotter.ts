import type { SequencedOp } from '@flowsync/crdt'
import type { System } from '@flowsync/protocol'
import { describeError, type HubLogger } from '../logging/logger.js'
import type { LogDriver, Snapshot } from '../storage/driver.js'
import { sizeOfOp } from '../storage/op-size.js'
import { CleanCuts } from './clean-cuts.js'
import { notePosition, type OpenStream } from './open-stream.js'
import { SnapshotCache } from './snapshot-cache.js'
import { isSnapshotDue, isSnapshotUrgent, type SnapshotPolicy } from './snapshot-policy.js'
import { takeSnapshot } from './take-snapshot.js'

/** What a {@link Snapshotter} works with. */
export interface SnapshotterOptions {
  readonly storage: LogDriver
  readonly system: System
  readonly policy: SnapshotPolicy
  readonly cacheBytes: number
  readonly logger: HubLogger
  /** Told after each snapshot that was made. */
  readonly onSnapshot?: (stream: OpenStream) => void
}

interface Cut {
  readonly seq: number
  readonly isClean: boolean
}

const PAGE_BYTES = 256 * 1024
/** How much of a new mean the latest ops are. */
const MEAN_SHARE = 1 / 8

/**
 * Keeps snapshots fresh, one fold at a time in the background, and the latest ones in memory as the
 * bytes that are sent. They are made where the log can be cut cleanly, so that those who begin with one need no
 * older history.
 */
export class Snapshotter {
  private readonly options: SnapshotterOptions
  private readonly cache: SnapshotCache
  private readonly cuts = new WeakMap<OpenStream, { readonly epoch: string; readonly cuts: CleanCuts }>()
  /** Streams that get a snapshot next. */
  private readonly due = new Set<OpenStream>()
  /** Streams that want a snapshot, with what cancels the next look at them. */
  private readonly waiting = new Map<OpenStream, () => void>()
  private running: Promise<void> | undefined
  private isClosed = false

  constructor(options: SnapshotterOptions) {
    this.options = options
    this.cache = new SnapshotCache(options.cacheBytes)
  }

  /** Notes that ops were appended. */
  appended(stream: OpenStream, ops: readonly SequencedOp[]): void {
    const bytes = ops.reduce((sum, op) => sum + sizeOfOp(op), 0)
    const mean = bytes / Math.max(1, ops.length)
    stream.tailBytes += bytes
    stream.opBytes += (mean - stream.opBytes) * (stream.opBytes === 0 ? 1 : MEAN_SHARE)
    this.cutsOf(stream, (ops[0]?.seq ?? 1) - 1).note(ops, this.options.system.nowMs())
    this.consider(stream)
  }

  /** The latest snapshot at or below a seq. Older ones are read, the latest comes from memory if it can. */
  async latest(stream: OpenStream, atOrBelow = Number.MAX_SAFE_INTEGER): Promise<Snapshot | undefined> {
    const { storage, system, policy } = this.options
    const nowMs = system.nowMs()
    // Where others make snapshots too, one that has fallen behind is looked for again now and then.
    const mayAge = storage.isShared && stream.headSeq - (stream.snapshotSeq ?? 0) >= policy.minOps
    const cached = this.cache.get(stream, mayAge ? nowMs : undefined)
    if (cached && cached.seq <= atOrBelow) return cached
    if (stream.snapshotSeq === 0 && stream.floorSeq === 0 && !storage.isShared) return undefined
    const snapshot = await storage.latestSnapshot(stream.key, atOrBelow)
    if (atOrBelow === Number.MAX_SAFE_INTEGER) this.learn(stream, snapshot)
    return snapshot
  }

  /** Drops what is in memory: it was of another life of the stream. */
  forget(stream: OpenStream): void {
    this.cache.forget(stream)
    stream.snapshotSeq = undefined
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
    if (snapshot) this.cache.put(stream, snapshot, this.options.system.nowMs())
    this.cutsOf(stream, stream.headSeq)
    this.consider(stream)
  }

  private cutsOf(stream: OpenStream, headSeq: number): CleanCuts {
    const known = this.cuts.get(stream)
    if (known?.epoch === stream.epoch) return known.cuts
    const { policy, system } = this.options
    const cuts = new CleanCuts(policy.settleMs, headSeq, system.nowMs())
    this.cuts.set(stream, { epoch: stream.epoch, cuts })
    return cuts
  }

  private consider(stream: OpenStream): void {
    if (this.isClosed || this.due.has(stream) || this.waiting.has(stream)) return
    const { tailFrom, tailBytes, snapshotBytes, headSeq } = stream
    if (!isSnapshotDue({ tailOps: headSeq - tailFrom, tailBytes, snapshotBytes }, this.options.policy)) return
    // What is known already needs no turn in the background.
    if (stream.rule.floor && !this.mayHaveCut(stream)) {
      this.lookAgain(stream)
      return
    }
    this.due.add(stream)
    this.running ??= this.run()
  }

  /** False when all ops are known and no place among them will do. */
  private mayHaveCut(stream: OpenStream): boolean {
    const cuts = this.cutsOf(stream, stream.headSeq)
    return cuts.lastSeq < stream.headSeq || this.chooseCut(stream, cuts) !== undefined
  }

  private lookAgain(stream: OpenStream): void {
    const { system, policy } = this.options
    const cancel = system.setTimer(policy.settleMs, () => {
      this.waiting.delete(stream)
      this.consider(stream)
    })
    this.waiting.set(stream, cancel)
  }

  private async run(): Promise<void> {
    // What is due joins what was appended in this turn of the event loop.
    await Promise.resolve()
    for (const stream of this.due) {
      const { tailFrom } = stream
      const isCut = await this.take(stream)
      this.due.delete(stream)
      if (this.isClosed) break
      if (!isCut) this.lookAgain(stream)
      // Much may have come meanwhile, and nothing may come after it.
      else if (stream.tailFrom > tailFrom) this.consider(stream)
    }
    this.running = undefined
  }

  /** False when there is no good place to cut at yet. */
  private async take(stream: OpenStream): Promise<boolean> {
    const { storage, system, logger, onSnapshot } = this.options
    const { key, rule } = stream
    try {
      const cut = rule.floor ? await this.findCut(stream) : { seq: stream.headSeq, isClean: true }
      if (cut === undefined) return false
      if (cut.seq !== stream.snapshotSeq) {
        const snapshot = await takeSnapshot({ storage, system, key, rule, throughSeq: cut.seq })
        if (!snapshot || snapshot.epoch !== stream.epoch) return true
        this.made(stream, snapshot)
      }
      // One that was not clean does for the time being; the tail stays due.
      if (cut.isClean) this.cutTail(stream, cut.seq)
      onSnapshot?.(stream)
    } catch (error) {
      // The log is whole without it; the next tail is the next occasion.
      this.cutTail(stream, stream.headSeq)
      logger.warn({ workspace: key.workspace, ...describeError(error) }, 'a snapshot failed')
    }
    return true
  }

  private made(stream: OpenStream, snapshot: Snapshot): void {
    // A clean one may lie before one that was not.
    if (snapshot.seq < (stream.snapshotSeq ?? 0)) return
    stream.snapshotSeq = snapshot.seq
    stream.snapshotBytes = snapshot.state.length
    this.cache.put(stream, snapshot, this.options.system.nowMs())
  }

  /** Looks at what other hubs appended, then chooses. A rule without a floor never asks for history: every place will do. */
  private async findCut(stream: OpenStream): Promise<Cut | undefined> {
    const { storage, system } = this.options
    const cuts = this.cutsOf(stream, stream.headSeq)
    while (cuts.lastSeq < stream.headSeq) {
      const { lastSeq } = cuts
      const slice = await storage.read({ ...stream.key, afterSeq: lastSeq, limitBytes: PAGE_BYTES })
      if (slice?.epoch !== stream.epoch) {
        // Another hub began another life: its tail is none of what was due.
        if (slice) notePosition(stream, slice)
        return undefined
      }
      cuts.note(slice.ops, system.nowMs())
      if (cuts.lastSeq === lastSeq) break
    }
    return this.chooseCut(stream, cuts)
  }

  private chooseCut(stream: OpenStream, cuts: CleanCuts): Cut | undefined {
    const { headSeq, tailFrom, snapshotSeq = 0 } = stream
    const { policy, system } = this.options
    const nowMs = system.nowMs()
    // A cut that leaves most of the tail would save joiners little.
    const isWorth = (seq: number | undefined): seq is number =>
      seq !== undefined && (seq - tailFrom) * 2 >= headSeq - tailFrom
    const good = cuts.latest(nowMs)
    if (isWorth(good)) return { seq: good, isClean: true }
    const likeliest = cuts.likeliest(nowMs)
    const isUrgent = isSnapshotUrgent(headSeq - Math.max(tailFrom, snapshotSeq), policy)
    return isUrgent && isWorth(likeliest) ? { seq: likeliest, isClean: false } : undefined
  }

  private cutTail(stream: OpenStream, seq: number): void {
    const left = stream.headSeq - seq
    const before = stream.headSeq - stream.tailFrom
    stream.tailBytes = before > 0 ? Math.round((stream.tailBytes * left) / before) : 0
    stream.tailFrom = seq
  }
}
