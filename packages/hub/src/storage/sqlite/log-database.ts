import { FlowSyncError, isFlowSyncError, type OpId, type ReplicaId, type SequencedOp } from '@flowsync/crdt'
import { decodeOps } from '@flowsync/protocol'
import type { AppendBatch, ReadRange, Snapshot, StreamCreation, StreamHead, StreamKey } from '../driver.js'
import { CachedStream, type LedgerSource, type ReplicaPlace } from '../cached-stream.js'
import { type LogRow, opsOfRow } from '../log-rows.js'
import { MARK_REACH } from '../marks.js'
import type { StoredOp } from '../plan-append.js'
import { stageBatches } from '../stage-batches.js'
import { BoundedMap } from './bounded-map.js'
import { Connection, type ConnectionOptions } from './connection.js'
import { LogTable } from './log-table.js'
import { MarkTable } from './mark-table.js'
import { ReplicaTable } from './replica-table.js'
import { SnapshotTable } from './snapshot-table.js'
import { StreamTable } from './stream-table.js'

/** A batch on its way to the worker: its ops as `encodeOps` made them. */
export interface EncodedBatch extends Omit<AppendBatch, 'ops'> {
  readonly ops: Uint8Array
}

/** What became of a batch, in values that can be posted. */
export type EncodedOutcome =
  | { readonly kind: 'ok'; readonly seqs: readonly number[]; readonly priorHeadSeq: number }
  | { readonly kind: 'failed'; readonly error: PlainError }

/** A FlowSyncError as it is posted between threads. */
export interface PlainError {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  readonly details: Readonly<Record<string, unknown>>
}

/** Rows that cover the range asked for, with the names of the replicas that they number. */
export interface EncodedSlice {
  readonly epoch: string
  readonly headSeq: number
  readonly rows: readonly LogRow[]
  readonly replicas: ReadonlyMap<number, ReplicaId>
}

const CACHED_STREAMS = 10_000
const CACHED_PLACES = 10_000
const NO_LIMITS = { frameBytes: Infinity, items: Infinity }

/** The log in one SQLite file. Synchronous: it runs in a worker thread, which is the only one to write. */
export class LogDatabase implements LedgerSource {
  private readonly connection: Connection
  private readonly streams: StreamTable
  private readonly replicas: ReplicaTable
  private readonly log: LogTable
  private readonly marks: MarkTable
  private readonly snapshots: SnapshotTable
  private readonly opened = new BoundedMap<string, CachedStream>(CACHED_STREAMS)

  /** @throws FlowSyncError when the file cannot be used */
  constructor(options: ConnectionOptions) {
    this.connection = new Connection(options)
    const { db } = this.connection
    this.streams = new StreamTable(db)
    this.replicas = new ReplicaTable(db)
    this.log = new LogTable(db)
    this.marks = new MarkTable(db)
    this.snapshots = new SnapshotTable(db)
  }

  /** Creates those that do not exist, all in one transaction. */
  openStreams(creations: readonly StreamCreation[], epochs: readonly string[]): readonly StreamHead[] {
    return this.connection.run(() => {
      const found = creations.map((creation) => this.load(creation)?.head)
      if (!found.includes(undefined)) return found.filter((head) => head !== undefined)
      this.connection.transact(() => {
        creations.forEach((creation, index) => {
          if (!this.streams.find(creation)) this.streams.create(creation, epochs[index] ?? '')
        })
      })
      return creations.flatMap((creation) => this.load(creation)?.head ?? [])
    })
  }

  findStream(key: StreamKey): StreamHead | undefined {
    return this.connection.run(() => this.load(key)?.head)
  }

  append(batches: readonly EncodedBatch[]): readonly EncodedOutcome[] {
    const touched = new Set<CachedStream>()
    try {
      const answers = this.connection.transact(() => {
        const outcomes = this.stage(batches, touched)
        for (const stream of touched) this.writeStaged(stream)
        return outcomes
      })
      for (const stream of touched) {
        stream.committedHeadSeq = stream.headSeq
        stream.staged = []
        if (stream.places.size > CACHED_PLACES) stream.places.clear()
      }
      this.opened.trim()
      this.replicas.trim()
      return answers
    } catch (error) {
      // What was staged is gone from the file; what is cached of it must go too.
      this.opened.clear()
      this.replicas.clear()
      throw error
    }
  }

  private stage(batches: readonly EncodedBatch[], touched: Set<CachedStream>): readonly EncodedOutcome[] {
    const decoded = batches.map((batch) => ({ ...batch, ops: decodeOps(batch.ops, NO_LIMITS) }))
    const outcomes = stageBatches(decoded, {
      streamOf: (batch) => this.load(batch),
      bind: (stream, replica, subject) => this.replicas.bind(stream.workspace, replica, subject),
      mark: (stream, number, op) => this.marks.put(stream.number, number, op),
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
      stream.places.get(replica)?.number ?? this.replicas.find(stream.workspace, replica)?.number ?? 0
    this.log.append(stream.number, stream.staged, numberOf)
  }

  read(range: ReadRange): EncodedSlice | undefined {
    return this.connection.run(() => {
      const stream = this.load(range)
      if (!stream) return undefined
      const { epoch, headSeq } = stream
      const throughSeq = Math.min(range.throughSeq ?? headSeq, headSeq)
      const rows: LogRow[] = []
      const replicas = new Map<number, ReplicaId>()
      let bytes = 0
      if (range.afterSeq >= throughSeq) return { epoch, headSeq, rows, replicas }
      for (const row of this.log.rowsFrom(stream.number, range.afterSeq + 1)) {
        if (row.first > throughSeq || bytes >= range.limitBytes) break
        rows.push(row)
        for (const number of numbersOf(row)) replicas.set(number, this.replicas.nameOf(number))
        bytes += row.ops.length
      }
      return { epoch, headSeq, rows, replicas }
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
      if (this.subjectOf(key.workspace, replica) !== subject) return undefined
      const stream = this.load(key)
      const found = stream?.find({ replica, counter })
      return found === 'truncated' ? stream?.truncatedSeq : found?.seq
    })
  }

  putSnapshot(key: StreamKey, snapshot: Snapshot): void {
    const stream = this.connection.run(() => this.load(key))
    if (!stream || stream.epoch !== snapshot.epoch) return
    this.connection.transact(() => this.snapshots.put(stream.number, snapshot))
  }

  latestSnapshot(key: StreamKey, atOrBelow: number): Snapshot | undefined {
    return this.connection.run(() => {
      const stream = this.load(key)
      const row = stream && this.snapshots.find(stream.number, atOrBelow)
      return row && { epoch: stream.epoch, seq: row.seq, state: row.state }
    })
  }

  listStreams(workspace: string, after: string, limit: number): readonly StreamHead[] {
    return this.connection.run(() =>
      this.streams.list(workspace, after, limit).flatMap((row) => this.load(row)?.head ?? []),
    )
  }

  renewEpoch(key: StreamKey, former: string, epoch: string): StreamHead | undefined {
    const stream = this.connection.run(() => this.load(key))
    if (stream?.epoch === former) {
      this.connection.transact(() => this.streams.setEpoch(stream.number, epoch))
      stream.epoch = epoch
    }
    return stream?.head
  }

  close(): void {
    this.connection.close()
  }

  private load(key: StreamKey): CachedStream | undefined {
    const name = `${key.workspace}/${key.stream}`
    const cached = this.opened.get(name)
    if (cached) return cached
    const row = this.streams.find(key)
    if (!row) return undefined
    const { number, ...creation } = row
    const stream = new CachedStream(
      number,
      { ...creation, headSeq: this.log.headSeq(number), floorSeq: 0, truncatedSeq: 0 },
      this,
    )
    this.opened.set(name, stream)
    return stream
  }

  subjectOf(workspace: string, replica: ReplicaId): string | undefined {
    return this.replicas.find(workspace, replica)?.subject
  }

  loadPlace(stream: CachedStream, replica: ReplicaId): ReplicaPlace | undefined {
    const number = this.replicas.find(stream.workspace, replica)?.number
    const mark = number === undefined ? undefined : this.marks.find(stream.number, number)
    if (number === undefined || !mark) return undefined
    const own = this.opsAfterMark(stream, mark.seq).filter((op) => op.replica === replica)
    const last = own.at(-1)
    const nextCounter = last ? last.counter + last.count : mark.counter
    return { number, nextCounter, markSeq: mark.seq, opsSinceMark: own.length }
  }

  findStored(stream: CachedStream, replica: ReplicaId, counter: number): StoredOp | undefined {
    const number = this.replicas.find(stream.workspace, replica)?.number
    const mark = number === undefined ? undefined : this.marks.find(stream.number, number, counter)
    if (!mark) return undefined
    return this.opsAfterMark(stream, mark.seq).find((op) => op.replica === replica && op.counter === counter)
  }

  private opsAfterMark(stream: CachedStream, markSeq: number): SequencedOp[] {
    const ops: SequencedOp[] = []
    for (const row of this.log.rowsFrom(stream.number, markSeq)) {
      if (row.first >= markSeq + MARK_REACH) break
      for (const op of opsOfRow(row, (number) => this.replicas.nameOf(number))) {
        if (op.seq >= markSeq && op.seq < markSeq + MARK_REACH) ops.push(op)
      }
    }
    return ops
  }
}

function numbersOf(row: LogRow): Set<number> {
  const numbers = new Set<number>()
  opsOfRow(row, (number) => {
    numbers.add(number)
    return '' as ReplicaId
  })
  return numbers
}

/** An error as values that survive being posted. */
export function toPlainError(error: FlowSyncError): PlainError {
  return { code: error.code, message: error.message, retryable: error.retryable, details: error.details }
}

/** The error that {@link toPlainError} was given. */
export function fromPlainError({ code, message, retryable, details }: PlainError): FlowSyncError {
  return new FlowSyncError(code, message, { retryable, details })
}
