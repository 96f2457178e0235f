import type { OpId, ReplicaId } from '@flowsync/crdt'
import { decodeOps } from '@flowsync/protocol'
import { CachedStream } from '../cached-stream.js'
import type {
  AppendBatch,
  LogPosition,
  ReadRange,
  Snapshot,
  StoreOpening,
  StreamCreation,
  StreamHead,
  StreamKey,
  StreamReplica,
  StreamRestore,
} from '../driver.js'
import { streamTruncated } from '../plan-append.js'
import { planRestore } from '../plan-restore.js'
import { stageBatches } from '../stage-batches.js'
import { BoundedMap } from '../bounded-map.js'
import { compactOnce } from './compaction.js'
import { Connection, type ConnectionOptions } from './connection.js'
import { LogTables } from './log-tables.js'
import { type PlainError, toPlainError } from './plain-error.js'
import { restoreOps, restoreStream } from './restoration.js'
import { SessionGuard } from './session-guard.js'
import { type EncodedHistory, StoredHistory } from './stored-history.js'
import { StoredLedger } from './stored-ledger.js'
import { forgetLog } from './truncation.js'

/** A batch on its way to the worker: its ops as `encodeOps` made them. */
export interface EncodedBatch extends Omit<AppendBatch, 'ops'> {
  readonly ops: Uint8Array
}

/** What became of a batch, in values that can be posted. */
export type EncodedOutcome =
  | { readonly kind: 'ok'; readonly seqs: readonly number[]; readonly priorHeadSeq: number }
  | { readonly kind: 'failed'; readonly error: PlainError }

/** What covers the range asked for. */
export interface EncodedSlice extends LogPosition, EncodedHistory {}

const CACHED_STREAMS = 10_000
const CACHED_PLACES = 10_000
const NO_LIMITS = { frameBytes: Infinity, items: Infinity }

/** The log in one SQLite file. Synchronous: it runs in a worker thread, which is the only one to write. */
export class LogDatabase {
  readonly opening: StoreOpening
  private readonly connection: Connection
  private readonly tables: LogTables
  private readonly history: StoredHistory
  private readonly ledger: StoredLedger
  private readonly guard: SessionGuard
  private readonly opened = new BoundedMap<string, CachedStream>(CACHED_STREAMS)

  /** @throws FlowSyncError when the file cannot be used */
  constructor(options: ConnectionOptions) {
    this.connection = new Connection(options)
    try {
      this.tables = this.connection.run(() => new LogTables(this.connection.db))
      this.history = new StoredHistory(this.tables)
      this.ledger = new StoredLedger(this.tables, this.history)
      this.guard = new SessionGuard(options.file, this.tables)
      this.opening = this.connection.run(() => this.guard.open((work) => this.connection.transact(work)))
    } catch (error) {
      this.connection.close()
      throw error
    }
  }

  /** Creates those that do not exist, all in one transaction. */
  openStreams(creations: readonly StreamCreation[], epochs: readonly string[]): readonly StreamHead[] {
    return this.connection.run(() => {
      const found = creations.map((creation) => this.load(creation)?.head)
      if (!found.includes(undefined)) return found.filter((head) => head !== undefined)
      this.connection.transact(() => {
        creations.forEach((creation, index) => {
          if (!this.tables.streams.find(creation)) this.tables.streams.create(creation, epochs[index] ?? '')
        })
      })
      return creations.flatMap((creation) => this.load(creation)?.head ?? [])
    })
  }

  findStream(key: StreamKey): StreamHead | undefined {
    return this.connection.run(() => this.load(key)?.head)
  }

  positionsOf(keys: readonly StreamKey[]): readonly (LogPosition | undefined)[] {
    return this.connection.run(() =>
      keys.map((key) => {
        const stream = this.load(key)
        return stream && positionOf(stream)
      }),
    )
  }

  append(batches: readonly EncodedBatch[]): readonly EncodedOutcome[] {
    const touched = new Set<CachedStream>()
    const answers = this.write(() => {
      const outcomes = this.stage(batches, touched)
      for (const stream of touched) this.writeStaged(stream)
      return outcomes
    })
    for (const stream of touched) {
      stream.committedHeadSeq = stream.headSeq
      stream.staged = []
      if (stream.places.size > CACHED_PLACES) stream.places.clear()
    }
    this.guard.note()
    return answers
  }

  private stage(batches: readonly EncodedBatch[], touched: Set<CachedStream>): readonly EncodedOutcome[] {
    const decoded = batches.map((batch) => ({ ...batch, ops: decodeOps(batch.ops, NO_LIMITS) }))
    const { replicas, marks } = this.tables
    const outcomes = stageBatches(decoded, {
      streamOf: (batch) => this.load(batch),
      bind: (stream, replica, subject) => replicas.bind(stream.workspace, replica, subject),
      mark: (stream, number, op) => marks.put(stream.number, number, op),
    })
    for (const batch of batches) {
      const stream = this.load(batch)
      if (stream && stream.staged.length > 0) touched.add(stream)
    }
    return outcomes.map((outcome) =>
      outcome.kind === 'ok' ? outcome : { kind: 'failed', error: toPlainError(outcome.error) },
    )
  }

  private writeStaged(stream: CachedStream): void {
    const numberOf = (replica: ReplicaId): number =>
      stream.places.get(replica)?.number ?? this.tables.replicas.numberOf(stream.workspace, replica)
    this.tables.log.append(stream.number, stream.staged, numberOf)
  }

  read(range: ReadRange): EncodedSlice | undefined {
    return this.connection.run(() => {
      const stream = this.load(range)
      if (!stream) return undefined
      const position = positionOf(stream)
      if (range.afterSeq < position.truncatedSeq) throw streamTruncated(range.stream)
      const { headSeq, floorSeq } = position
      const throughSeq = Math.min(range.throughSeq ?? headSeq, headSeq)
      const wanted = { stream: stream.number, floorSeq, fromSeq: range.afterSeq + 1, throughSeq }
      return { ...position, ...this.history.encoded(wanted, range.limitBytes) }
    })
  }

  countersOf(key: StreamKey, replicas: readonly ReplicaId[]): readonly number[] {
    return this.connection.run(() => {
      const stream = this.load(key)
      return replicas.map((replica) => (stream?.nextCounter(replica) ?? 1) - 1)
    })
  }

  findSeq(key: StreamKey, { replica, counter }: OpId, subject: string): number | undefined {
    return this.connection.run(() => {
      if (this.ledger.subjectOf(key.workspace, replica) !== subject) return undefined
      const stream = this.load(key)
      const found = stream?.find({ replica, counter })
      return found === 'truncated' ? stream?.truncatedSeq : found?.seq
    })
  }

  putSnapshot(key: StreamKey, snapshot: Snapshot): void {
    const stream = this.connection.run(() => this.load(key))
    if (!stream || stream.epoch !== snapshot.epoch) return
    if (snapshot.seq > stream.headSeq || snapshot.seq < stream.truncatedSeq) return
    this.write(() => this.tables.snapshots.put(stream.number, snapshot))
  }

  latestSnapshot(key: StreamKey, atOrBelow: number): Snapshot | undefined {
    return this.connection.run(() => {
      const stream = this.load(key)
      const row = stream && this.tables.snapshots.find(stream.number, atOrBelow)
      return row && { epoch: stream.epoch, seq: row.seq, state: row.state }
    })
  }

  listStreams(workspace: string, after: string, limit: number): readonly StreamHead[] {
    return this.connection.run(() =>
      this.tables.streams.list(workspace, after, limit).flatMap((row) => this.load(row)?.head ?? []),
    )
  }

  listWorkspaces(after: string, limit: number): readonly string[] {
    return this.connection.run(() => this.tables.streams.workspaces(after, limit))
  }

  replicasOf(key: StreamKey, after: string, limit: number): readonly StreamReplica[] {
    return this.connection.run(() => {
      const stream = this.load(key)
      if (!stream) return []
      return this.tables.replicas
        .ofStream(stream.number, after, limit)
        .map(({ number, replica, subject }) => {
          const truncatedCounter = this.tables.keptCounters.find(stream.number, number)
          return { replica, subject, nextCounter: stream.nextCounter(replica), truncatedCounter }
        })
    })
  }

  renewEpoch(key: StreamKey, former: string, epoch: string): StreamHead | undefined {
    return this.change(key, former, (stream) => {
      this.write(() => this.tables.streams.setEpoch(stream.number, epoch))
      stream.epoch = epoch
    })
  }

  compact(key: StreamKey, epoch: string, throughSeq: number): StreamHead | undefined {
    return this.change(key, epoch, (stream) => {
      stream.floorSeq = this.write(() => compactOnce(this.tables, this.history, stream, throughSeq))
    })
  }

  truncate(key: StreamKey, former: string, headSeq: number, epoch: string): StreamHead | undefined {
    return this.change(key, former, (stream) => {
      if (stream.headSeq !== headSeq || this.tables.snapshots.newestSeq(stream.number) !== headSeq) return
      this.write(() => forgetLog(this.tables, this.ledger, stream, epoch))
      this.forget(key)
    })
  }

  restore(part: StreamRestore): void {
    this.write(() => {
      if (planRestore(this.load(part.head)?.head, part) === 'create') restoreStream(this.tables, part)
      const stream = this.load(part.head)
      if (!stream) return
      restoreOps(this.tables, stream, part)
      for (const snapshot of part.snapshots) this.tables.snapshots.put(stream.number, snapshot)
    })
    this.forget(part.head)
  }

  close(): void {
    this.guard.close()
    this.connection.close()
  }

  /** Lets `work` change a stream that is in `epoch`, and tells how it is afterwards. */
  private change(
    key: StreamKey,
    epoch: string,
    work: (stream: CachedStream) => void,
  ): StreamHead | undefined {
    return this.connection.run(() => {
      const stream = this.load(key)
      if (stream?.epoch === epoch) work(stream)
      return this.load(key)?.head
    })
  }

  /** Runs `work` in a transaction. When it fails, what is cached of it is forgotten with it. */
  private write<T>(work: () => T): T {
    try {
      return this.connection.transact(work)
    } catch (error) {
      this.opened.clear()
      this.tables.replicas.clear()
      this.tables.log.forgetPosition()
      this.history.clear()
      throw error
    } finally {
      this.opened.trim()
      this.tables.replicas.trim()
    }
  }

  private load(key: StreamKey): CachedStream | undefined {
    const cached = this.opened.get(nameOf(key))
    if (cached) return cached
    const row = this.tables.streams.find(key)
    if (!row) return undefined
    const { number, ...stored } = row
    const headSeq = Math.max(this.tables.log.headSeq(number), stored.floorSeq)
    const stream = new CachedStream(number, { ...stored, headSeq }, this.ledger)
    this.opened.set(nameOf(key), stream)
    return stream
  }

  private forget(key: StreamKey): void {
    this.opened.delete(nameOf(key))
  }
}

function nameOf({ workspace, stream }: StreamKey): string {
  return `${workspace}/${stream}`
}

function positionOf({ epoch, headSeq, floorSeq, truncatedSeq }: CachedStream): LogPosition {
  return { epoch, headSeq, floorSeq, truncatedSeq }
}
