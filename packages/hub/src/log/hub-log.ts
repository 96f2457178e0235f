import {
  type FlowSyncError,
  isFlowSyncError,
  type Op,
  type OpId,
  type ReplicaId,
  type SequencedOp,
} from '@flowsync/crdt'
import type { StreamDefinitions, System } from '@flowsync/protocol'
import type { Broadcast } from '../cluster/broadcast.js'
import type { HubLimits } from '../limit/limits.js'
import type { HubLogger } from '../logging/logger.js'
import type { LogDriver, StreamHead, StreamKey } from '../storage/driver.js'
import { epochChanged } from '../storage/plan-append.js'
import { Appender, newOpsOf } from './appender.js'
import type { CatchUp, Cursor } from './catch-up.js'
import { type CompactionPolicy, DEFAULT_COMPACTION_POLICY } from './compaction-policy.js'
import { Compactor } from './compactor.js'
import { Fanout } from './fanout.js'
import { type FoldedLog, foldLog } from './fold-log.js'
import { hintOp } from './hint-op.js'
import { LogReader } from './log-reader.js'
import { noteEpoch, notePosition, type OpenStream } from './open-stream.js'
import { DEFAULT_SNAPSHOT_POLICY, type SnapshotPolicy } from './snapshot-policy.js'
import { Snapshotter } from './snapshotter.js'
import { StorageHealth } from './storage-health.js'
import { StreamRegistry } from './stream-registry.js'
import { truncateLog } from './truncate-log.js'

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
  /** Default: {@link DEFAULT_COMPACTION_POLICY}. */
  readonly compaction?: Partial<CompactionPolicy> | false
  /** How long new ops of a stream gather before the next frame to its readers. */
  readonly fanoutWindowMs?: number
}

/** What became of an append. */
export type Appended =
  | { readonly kind: 'ok'; readonly epoch: string; readonly seqs: readonly number[] }
  | { readonly kind: 'failed'; readonly error: FlowSyncError }

const SNAPSHOT_CACHE_BYTES = 64 * 1024 * 1024
const FANOUT_WINDOW_MS = 4

/** The streams of a hub: appending, telling, reading, catching up, folding. Knows nothing of connections. */
export class HubLog {
  readonly registry: StreamRegistry
  readonly health: StorageHealth
  private readonly storage: LogDriver
  private readonly system: System
  private readonly appender: Appender
  private readonly fanout: Fanout
  private readonly snapshotter: Snapshotter
  private readonly reader: LogReader
  private readonly compactor: Compactor | undefined

  constructor(options: HubLogOptions) {
    const { storage, system, logger } = options
    this.storage = storage
    this.system = system
    this.registry = new StreamRegistry(storage, options.streams)
    this.health = new StorageHealth(system, logger)
    this.appender = new Appender({ storage, limits: options.limits, health: this.health })
    this.fanout = new Fanout(options.broadcast, system, options.fanoutWindowMs ?? FANOUT_WINDOW_MS)
    const { registry } = this
    if (options.compaction !== false) {
      const policy = { ...DEFAULT_COMPACTION_POLICY, ...options.compaction }
      const ruleFor = registry.ruleFor.bind(registry)
      this.compactor = new Compactor({ storage, system, policy, logger, ruleFor })
    }
    this.snapshotter = new Snapshotter({
      storage,
      system,
      logger,
      policy: { ...DEFAULT_SNAPSHOT_POLICY, ...options.snapshots },
      cacheBytes: SNAPSHOT_CACHE_BYTES,
      onSnapshot: (stream) => this.compactor?.consider(stream),
    })
    this.reader = new LogReader({ storage, registry, snapshotter: this.snapshotter, system, logger })
  }

  /**
   * Stores a batch, and tells the stream's readers once it is durable. Never rejects.
   * @param ops as the stream's rule takes them: the caller has checked their bodies
   */
  async append(stream: OpenStream, epoch: string, subject: string, ops: readonly Op[]): Promise<Appended> {
    const batch = { ...stream.key, epoch, subject, ops }
    const outcome = await this.appender.append(batch)
    if (outcome.kind === 'failed') return this.refused(stream, outcome.error)
    const added = newOpsOf(batch, outcome)
    const last = added.at(-1)
    if (last) {
      stream.headSeq = Math.max(stream.headSeq, last.seq)
      this.fanout.publish(stream, epoch, added)
      this.snapshotter.appended(stream, added)
    }
    return { kind: 'ok', epoch, seqs: outcome.seqs }
  }

  /** What a refusal tells of the stream is noted; a stream that the storage has lost is put back. */
  private async refused(stream: OpenStream, error: FlowSyncError): Promise<Appended> {
    noteEpoch(stream, error.details['epoch'])
    if (error.code !== 'stream/unknown') return { kind: 'failed', error }
    try {
      await this.registry.recreate(stream)
    } catch (cause) {
      return { kind: 'failed', error: isFlowSyncError(cause) ? cause : error }
    }
    return { kind: 'failed', error: epochChanged(stream.key.stream, stream.epoch) }
  }

  /**
   * Reads on from a seq, as much as the bytes allow.
   * @throws FlowSyncError `stream/epoch-changed`, `stream/truncated`, `storage/*`
   */
  read(stream: OpenStream, epoch: string, afterSeq: number, limitBytes: number): Promise<CatchUp> {
    return this.reader.read(stream, epoch, afterSeq, limitBytes)
  }

  /**
   * What a reader that stands at the cursor needs: the tail after it, or a snapshot and its tail.
   * @throws FlowSyncError `storage/*`
   */
  catchUp(stream: OpenStream, cursor: Cursor, limitBytes: number): Promise<CatchUp> {
    return this.reader.catchUp(stream, cursor, limitBytes)
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
    if (head.headSeq === head.truncatedSeq) return { epoch: head.epoch, op: hintOp(head.headSeq) }
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

  /**
   * Erases the whole log of a stream for good and leaves a snapshot of it, in a new epoch: see `truncateLog`. Readers
   * of this hub are told at once and subscribe again; those of others learn it when they ask next. Undefined
   * when the stream does not exist.
   * @throws FlowSyncError `stream/*`, `hub/overloaded`, `storage/*`
   */
  async truncate(key: StreamKey): Promise<StreamHead | undefined> {
    const { storage, system } = this
    const stream = await this.registry.find(key)
    const head = stream && (await truncateLog({ storage, system, key: stream.key, rule: stream.rule }))
    if (stream && head && head.epoch !== stream.epoch) {
      notePosition(stream, head)
      this.fanout.announce(stream)
    }
    return head
  }

  /** Compacts streams that nobody has written to since the last time, as the hub does by itself now and then. */
  async sweep(): Promise<void> {
    await this.compactor?.sweep()
  }

  /** Resolves once everything handed in is durable or refused. */
  flush(): Promise<void> {
    return this.appender.idle()
  }

  /** Flushes and stops the work in the background. The storage stays open. */
  async close(): Promise<void> {
    await this.flush()
    await Promise.all([this.snapshotter.close(), this.compactor?.close()])
  }
}
