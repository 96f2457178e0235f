import { Fold, isFlowSyncError, type SequencedOp } from '@flowsync/crdt'
import { isEpoch, type System } from '@flowsync/protocol'
import type { HubLogger } from '../logging/logger.js'
import type { LogDriver, LogSlice, Snapshot } from '../storage/driver.js'
import { epochChanged } from '../storage/plan-append.js'
import { type CatchUp, type Cursor, isSnapshotBetter, LONG_TAIL_OPS } from './catch-up.js'
import { notePosition, type OpenStream } from './open-stream.js'
import type { Snapshotter } from './snapshotter.js'
import type { StreamRegistry } from './stream-registry.js'

/** What a {@link LogReader} works with. */
export interface LogReaderOptions {
  readonly storage: LogDriver
  readonly registry: StreamRegistry
  readonly snapshotter: Snapshotter
  readonly system: System
  readonly logger: HubLogger
}

/** How long this hub takes a head for the latest one when others may append too. */
const FRESH_MS = 3_000

/** How often a log may begin another life while one reader is served. */
const MAX_TRIES = 16
const MAX_UNUSABLE = 32

/** Brings readers up to date: with the log alone, or with a snapshot and the log behind it. */
export class LogReader {
  private readonly options: LogReaderOptions
  /** By their seqs, snapshots that the log behind them asks for history below, and from where. */
  private readonly unusable = new WeakMap<OpenStream, Map<number, number>>()
  /** Where those begin to merge that somebody asked about. */
  private readonly floors = new WeakMap<Snapshot, number>()

  constructor(options: LogReaderOptions) {
    this.options = options
  }

  /**
   * Reads on from a seq, as much as the bytes allow. Who asks whether there is anything new, and there is not, is
   * answered without the storage.
   * @throws FlowSyncError `stream/epoch-changed`, `stream/truncated`, `storage/*`
   */
  async read(stream: OpenStream, epoch: string, afterSeq: number, limitBytes: number): Promise<CatchUp> {
    const nothing = this.nothingNew(stream, epoch, afterSeq)
    if (nothing) return nothing
    let slice: LogSlice | undefined
    try {
      slice = await this.slice(stream, afterSeq, limitBytes)
    } catch (error) {
      if (!isTruncated(error) || stream.epoch === epoch) throw error
    }
    if (!slice || stream.epoch !== epoch) throw epochChanged(stream.key.stream, stream.epoch)
    return slice
  }

  /**
   * What a reader that stands at the cursor needs: the tail after it, or a snapshot and its tail.
   * @throws FlowSyncError `storage/*`
   */
  async catchUp(stream: OpenStream, cursor: Cursor, limitBytes: number): Promise<CatchUp> {
    const { epoch, seq, rebuildBelow } = cursor
    if (rebuildBelow === undefined && isEpoch(epoch) && epoch === stream.epoch) {
      const tail = await this.tailFor(stream, cursor, limitBytes)
      if (tail) return tail
      if (epoch === stream.epoch && seq > stream.headSeq) await this.renewEpoch(stream, seq)
    }
    return this.fromSnapshot(stream, rebuildBelow, limitBytes)
  }

  /** The tail, unless a snapshot serves the reader better, or there is no such tail. */
  private async tailFor(
    stream: OpenStream,
    cursor: Cursor,
    limitBytes: number,
  ): Promise<CatchUp | undefined> {
    const { epoch, seq } = cursor
    const nothing = this.nothingNew(stream, epoch, seq)
    if (nothing) return nothing
    // What this hub knows may spare reading a tail that is not sent.
    if (await this.prefersSnapshot(stream, cursor)) return undefined
    const { floorSeq } = stream
    try {
      const tail = await this.readTail(stream, seq, limitBytes)
      if (tail.epoch !== epoch || seq > tail.headSeq) return undefined
      const isNews = stream.floorSeq > floorSeq && seq < stream.floorSeq
      return isNews && (await this.prefersSnapshot(stream, cursor)) ? undefined : tail
    } catch (error) {
      if (isTruncated(error)) return undefined
      throw error
    }
  }

  /** The answer to who stands at the head, where this hub knows the head: alone on its storage, or told of it lately. */
  private nothingNew(
    { epoch, headSeq, checkedAtMs }: OpenStream,
    asked: string,
    afterSeq: number,
  ): CatchUp | undefined {
    if (epoch !== asked || headSeq !== afterSeq) return undefined
    const { storage, system } = this.options
    const ageMs = system.nowMs() - checkedAtMs
    // Below 0 the clock was set back, and nobody knows.
    if (storage.isShared && (ageMs < 0 || ageMs >= FRESH_MS)) return undefined
    return { epoch, headSeq, ops: [] }
  }

  private async prefersSnapshot(stream: OpenStream, cursor: Cursor): Promise<boolean> {
    const opsBehind = stream.headSeq - cursor.seq
    const isBelowFloor = cursor.seq < stream.floorSeq
    if (!isBelowFloor && opsBehind < LONG_TAIL_OPS) return false
    const snapshot = await this.options.snapshotter.latest(stream)
    if (!snapshot) return false
    const { headSeq, opBytes } = stream
    const snapshotBytes = snapshot.state.length
    const opsBehindSnapshot = headSeq - snapshot.seq
    if (!isSnapshotBetter({ opsBehind, isBelowFloor, opsBehindSnapshot, snapshotBytes, opBytes }))
      return false
    return !(await this.needsHistory(stream, cursor))
  }

  /** True when the reader holds own ops that the hub lacks: they were made where it stands, and merge from there only. */
  private async needsHistory({ key, rule }: OpenStream, { outbox = [] }: Cursor): Promise<boolean> {
    if (!rule.floor || outbox.length === 0) return false
    const replicas = outbox.map(({ replica }) => replica)
    const counters = await this.options.storage.countersOf(key, replicas)
    return outbox.some(({ through }, index) => through > (counters[index] ?? 0))
  }

  private async fromSnapshot(
    stream: OpenStream,
    rebuildBelow: number | undefined,
    limitBytes: number,
  ): Promise<CatchUp> {
    let below = rebuildBelow
    for (let tries = 0; ; tries++) {
      const { epoch } = stream
      const snapshot = await this.usable(stream, below)
      try {
        const tail = await this.readTail(stream, snapshot?.seq ?? 0, limitBytes)
        // What was remembered of the log may be of another one.
        if (stream.epoch !== epoch && tries < MAX_TRIES) continue
        const base = snapshot && lowestBaseOf(tail.ops, snapshot.seq)
        if (snapshot && base !== undefined && base < this.floorOf(stream, snapshot)) {
          this.noteUnusable(stream, snapshot.seq, base)
          below = base
          continue
        }
        // The log was kept if its epoch is another one. The snapshot's epoch is the log's.
        return snapshot ? { ...tail, snapshot: { ...snapshot, epoch: tail.epoch } } : tail
      } catch (error) {
        if (!isTruncated(error) || tries >= MAX_TRIES) throw error
        // Nothing older is left. A reader that needs it makes its own ops anew.
        this.options.snapshotter.forget(stream)
        this.unusable.delete(stream)
        below = undefined
      }
    }
  }

  /** The latest snapshot that what follows it is known not to go back behind. */
  private async usable(stream: OpenStream, below: number | undefined): Promise<Snapshot | undefined> {
    const snapshot = await this.options.snapshotter.latest(stream, below)
    const base = snapshot && this.unusable.get(stream)?.get(snapshot.seq)
    return base === undefined ? snapshot : this.usable(stream, base)
  }

  private noteUnusable(stream: OpenStream, seq: number, base: number): void {
    const known = this.unusable.get(stream) ?? new Map<number, number>()
    if (known.size >= MAX_UNUSABLE) known.clear()
    this.unusable.set(stream, known.set(seq, base))
  }

  /** The lowest base of an op that a state beginning at the snapshot can take. */
  private floorOf({ rule }: OpenStream, snapshot: Snapshot): number {
    if (!rule.floor) return 0
    const known = this.floors.get(snapshot)
    if (known !== undefined) return known
    try {
      const { floor } = new Fold(rule, snapshot)
      this.floors.set(snapshot, floor)
      return floor
    } catch (error) {
      // Whoever reads it will say so.
      if (isFlowSyncError(error)) return 0
      throw error
    }
  }

  private async readTail(stream: OpenStream, afterSeq: number, limitBytes: number): Promise<CatchUp> {
    const slice = await this.slice(stream, afterSeq, limitBytes)
    // Appends of this hub that finished meanwhile are told to those who join now: they must be fetched.
    return { ...slice, headSeq: Math.max(slice.headSeq, stream.epoch === slice.epoch ? stream.headSeq : 0) }
  }

  private async slice(stream: OpenStream, afterSeq: number, limitBytes: number): Promise<LogSlice> {
    const { storage, registry, system } = this.options
    const range = { ...stream.key, afterSeq, limitBytes }
    try {
      let slice = await storage.read(range)
      if (!slice) {
        await registry.recreate(stream)
        slice = await storage.read({ ...range, afterSeq: 0 })
      }
      if (!slice) throw epochChanged(stream.key.stream, stream.epoch)
      notePosition(stream, slice)
      stream.checkedAtMs = system.nowMs()
      return slice
    } catch (error) {
      if (!isTruncated(error)) throw error
      const head = await storage.findStream(stream.key)
      if (head) notePosition(stream, head)
      throw error
    }
  }

  /**
   * A client holds more than the log: an older backup was restored. Its ops would collide with new ones
   * under the same seqs, so the log begins another life. Once per start is enough for a restore, and
   * keeps a client that lies from doing it again and again.
   */
  private async renewEpoch(stream: OpenStream, cursorSeq: number): Promise<void> {
    if (stream.wasRenewed) return
    stream.wasRenewed = true
    const { storage, registry, logger } = this.options
    const head = await storage.renewEpoch(stream.key, stream.epoch)
    if (!head) return registry.recreate(stream)
    logger.warn(
      { workspace: stream.key.workspace, headSeq: head.headSeq, cursorSeq },
      'a client is ahead of the log, which was restored from a backup: it begins a new epoch',
    )
    notePosition(stream, head)
  }
}

/** The lowest base among ops that were made before `seq`. */
function lowestBaseOf(ops: readonly SequencedOp[], seq: number): number | undefined {
  const lowest = ops.reduce((least, { base }) => Math.min(least, base), seq)
  return lowest < seq ? lowest : undefined
}

function isTruncated(error: unknown): boolean {
  return isFlowSyncError(error) && error.code === 'stream/truncated'
}
