import { type FlowSyncError, isFlowSyncError, type Op, type OpId, type ReplicaId, type SequencedOp } from '@flowsync/crdt'
import { isEpoch, type StreamDefinitions, type System } from '@flowsync/protocol'
import type { Broadcast } from '../cluster/broadcast.js'
import type { HubLimits } from '../limit/limits.js'
import type { HubLogger } from '../logging/logger.js'
import type { LogDriver, Snapshot, StreamHead, StreamKey } from '../storage/driver.js'
import { epochChanged, streamUnknown } from '../storage/plan-append.js'
import { Appender, newOpsOf } from './appender.js'
import { Fanout } from './fanout.js'
import { type FoldedLog, foldLog } from './fold-log.js'
import type { OpenStream } from './open-stream.js'
import { DEFAULT_SNAPSHOT_POLICY, type SnapshotPolicy } from './snapshot-policy.js'
import { Snapshotter } from './snapshotter.js'
import { StorageHealth } from './storage-health.js'
import { StreamRegistry } from './stream-registry.js'

/** What a {@link HubLog} works with. */
export interface HubLogOptions {
  /** Open already. */
  readonly storage: LogDriver
  readonly streams: StreamDefinitions
  readonly system: System
  readonly broadcast: Broadcast
  readonly limits: HubLimits
  readonly logger: HubLogger
  readonly snapshots?: Partial<SnapshotPolicy>
  /** How long new ops of a stream gather before the next frame to its readers. */
  readonly fanoutWindowMs?: number
}

/** What became of an append. */
export type Appended =
  | { readonly kind: 'ok'; readonly epoch: string; readonly seqs: readonly number[] }
  | { readonly kind: 'failed'; readonly error: FlowSyncError }

/** Where a reader stands, as it says. */
export interface Cursor {
  /** '' when it has nothing. */
  readonly epoch: string
  readonly seq: number
  /** It needs the log from a snapshot at or below this seq. */
  readonly rebuildBelow?: number
}

/** What brings a reader to the head, or on the way there. */
export interface CatchUp {
  readonly epoch: string
  readonly headSeq: number
  /** Replaces what the reader has. */
  readonly snapshot?: Snapshot
  /** Contiguous after the snapshot, or else after the cursor. */
  readonly ops: readonly SequencedOp[]
}

const SNAPSHOT_CACHE_BYTES = 64 * 1024 * 1024
const FANOUT_WINDOW_MS = 4

/** The streams of a hub: appending, telling, reading, catching up, folding. Knows nothing of connections. */
export class HubLog {
  readonly registry: StreamRegistry
  readonly health: StorageHealth
  private readonly storage: LogDriver
  private readonly system: System
  private readonly logger: HubLogger
  private readonly appender: Appender
  private readonly fanout: Fanout
  private readonly snapshotter: Snapshotter

  constructor(options: HubLogOptions) {
    const { storage, system, logger } = options
    this.storage = storage
    this.system = system
    this.logger = logger
    this.registry = new StreamRegistry(storage, options.streams)
    this.health = new StorageHealth(system, logger)
    this.appender = new Appender({ storage, limits: options.limits, health: this.health })
    this.fanout = new Fanout(options.broadcast, system, options.fanoutWindowMs ?? FANOUT_WINDOW_MS)
    const policy = { ...DEFAULT_SNAPSHOT_POLICY, ...options.snapshots }
    this.snapshotter = new Snapshotter({ storage, system, logger, policy, cacheBytes: SNAPSHOT_CACHE_BYTES })
  }

  /**
   * Stores a batch, and tells the stream's readers once it is durable. Never rejects.
   * @param ops as the stream's rule takes them: the caller has checked their bodies
   */
  async append(stream: OpenStream, epoch: string, subject: string, ops: readonly Op[]): Promise<Appended> {
    const batch = { ...stream.key, epoch, subject, ops }
    const outcome = await this.appender.append(batch)
    if (outcome.kind === 'failed') {
      this.noteEpoch(stream, outcome.error.details['epoch'])
      return outcome
    }
    const added = newOpsOf(batch, outcome)
    const last = added.at(-1)
    if (last) {
      stream.headSeq = Math.max(stream.headSeq, last.seq)
      this.fanout.publish(stream, epoch, added)
      this.snapshotter.appended(stream, added)
    }
    return { kind: 'ok', epoch, seqs: outcome.seqs }
  }

  /**
   * Reads on from a seq, as much as the bytes allow.
   * @throws FlowSyncError `stream/epoch-changed`, `stream/unknown`, `storage/*`
   */
  async read(stream: OpenStream, epoch: string, afterSeq: number, limitBytes: number): Promise<CatchUp> {
    const slice = await this.storage.read({ ...stream.key, afterSeq, limitBytes })
    if (!slice) throw streamUnknown(stream.key.stream)
    this.noteHead(stream, slice.epoch, slice.headSeq)
    if (slice.epoch !== epoch) throw epochChanged(stream.key.stream, slice.epoch)
    return slice
  }

  /**
   * What a reader that stands at the cursor needs: the tail after it, or a snapshot and its tail.
   * @throws FlowSyncError `storage/*`
   */
  async catchUp(stream: OpenStream, cursor: Cursor, limitBytes: number): Promise<CatchUp> {
    const { epoch, seq, rebuildBelow } = cursor
    if (rebuildBelow === undefined && isEpoch(epoch) && epoch === stream.epoch) {
      const tail = await this.readTail(stream, seq, limitBytes)
      if (tail.epoch === epoch && seq <= tail.headSeq) return tail
      if (tail.epoch === epoch) await this.renewEpoch(stream, seq)
    }
    return this.fromSnapshot(stream, rebuildBelow, limitBytes)
  }

  private async fromSnapshot(
    stream: OpenStream,
    atOrBelow: number | undefined,
    limitBytes: number,
  ): Promise<CatchUp> {
    const snapshot = await this.snapshotter.latest(stream, atOrBelow)
    const tail = await this.readTail(stream, snapshot?.seq ?? 0, limitBytes)
    // A snapshot of another epoch is as good: the log was kept. Its epoch is the log's.
    return snapshot ? { ...tail, snapshot: { ...snapshot, epoch: tail.epoch } } : tail
  }

  private async readTail(stream: OpenStream, afterSeq: number, limitBytes: number): Promise<CatchUp> {
    const slice = await this.storage.read({ ...stream.key, afterSeq, limitBytes })
    if (!slice) throw streamUnknown(stream.key.stream)
    this.noteHead(stream, slice.epoch, slice.headSeq)
    // Appends of this hub that finished meanwhile are told to those who join now: they must be fetched.
    return { ...slice, headSeq: Math.max(slice.headSeq, stream.epoch === slice.epoch ? stream.headSeq : 0) }
  }

  /**
   * A client holds more than the log: an older backup was restored. Its ops would collide with new ones
   * under the same seqs, so the log begins another life. Once per start is enough for a restore, and
   * keeps a client that lies from doing it again and again.
   */
  private async renewEpoch(stream: OpenStream, cursorSeq: number): Promise<void> {
    if (stream.wasRenewed) return
    stream.wasRenewed = true
    const head = await this.storage.renewEpoch(stream.key, stream.epoch)
    if (!head) throw streamUnknown(stream.key.stream)
    this.logger.warn(
      { workspace: stream.key.workspace, headSeq: head.headSeq, cursorSeq },
      'a client is ahead of the log, which was restored from a backup: it begins a new epoch',
    )
    this.noteHead(stream, head.epoch, head.headSeq)
  }

  /** The highest counter stored of each replica. */
  countersOf(stream: OpenStream, replicas: readonly ReplicaId[]): Promise<readonly number[]> {
    return this.storage.countersOf(stream.key, replicas)
  }

  /** The seq of the subject's stored op with this id, undefined when there is none. */
  findSeq(stream: OpenStream, id: OpId, subject: string): Promise<number | undefined> {
    return this.storage.findSeq(stream.key, id, subject)
  }

  /** The last op of a stream whose head is above `seq`, as another hub on the same storage may have stored it. */
  async latestAbove(
    key: StreamKey,
    seq: number,
  ): Promise<{ readonly epoch: string; readonly op: SequencedOp } | undefined> {
    const head = await this.storage.findStream(key)
    if (!head || head.headSeq <= seq) return undefined
    const slice = await this.storage.read({ ...key, afterSeq: head.headSeq - 1, limitBytes: 1 })
    const op = slice?.ops.at(-1)
    return slice && op && { epoch: slice.epoch, op }
  }

  /** The stream folded up to its head; undefined when it does not exist. */
  async fold(key: StreamKey): Promise<FoldedLog | undefined> {
    const rule = this.registry.ruleFor(key.stream)
    const stream = await this.registry.find(key)
    return stream && foldLog({ storage: this.storage, system: this.system, key: stream.key, rule })
  }

  /** Resolves once everything handed in is durable or refused. */
  flush(): Promise<void> {
    return this.appender.idle()
  }

  /** Flushes and stops the work in the background. The storage stays open. */
  async close(): Promise<void> {
    await this.flush()
    await this.snapshotter.close()
  }

  private noteHead(stream: OpenStream, epoch: string, headSeq: number): void {
    this.noteEpoch(stream, epoch)
    stream.headSeq = Math.max(stream.headSeq, headSeq)
  }

  private noteEpoch(stream: OpenStream, epoch: unknown): void {
    if (typeof epoch !== 'string' || epoch === stream.epoch) return
    stream.epoch = epoch
    stream.headSeq = 0
    stream.toldSeq = 0
  }
}
