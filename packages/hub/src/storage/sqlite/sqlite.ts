import type { OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { createEpoch, createError, createSystem, encodeOps, type System } from '@flowsync/protocol'
import type {
  AppendBatch,
  AppendOutcome,
  LogDriver,
  LogPosition,
  LogSlice,
  ReadRange,
  Snapshot,
  StoreOpening,
  StreamCreation,
  StreamHead,
  StreamKey,
  StreamReplica,
  StreamRestore,
} from '../driver.js'
import { opsOfRow } from '../log-rows.js'
import { sizeOfOp } from '../op-size.js'
import { opsOfSegment } from '../segment.js'
import type { EncodedSlice } from './log-database.js'
import { fromPlainError } from './plain-error.js'
import { StorageThread } from './storage-thread.js'

/** How a SQLite log behaves. */
export interface SqliteOptions {
  /** Above this size of the file appends are refused with `storage/full`. Default: no limit but the disk. */
  readonly limitBytes?: number
  /** For the epochs of new streams. */
  readonly system?: System
}

/**
 * The embedded log: one SQLite file, written by a thread of its own with `node:sqlite`, in WAL mode with
 * `synchronous = FULL`. What it acknowledged survives SIGKILL and power loss. One hub process per file.
 *
 * A small file beside it, `<file>-witness`, remembers how far the log had come. Leave it where it is when you put a backup
 * of the log file back: then the hub finds that the file is older, and all streams begin new epochs.
 *
 * ```ts
 * createHub({ storage: sqlite('flowsync.db'), … })
 * ```
 */
export function sqlite(file: string, options: SqliteOptions = {}): LogDriver {
  return new SqliteDriver(file, options)
}

interface PendingOpen {
  readonly creation: StreamCreation
  readonly resolve: (head: StreamHead) => void
  readonly reject: (error: unknown) => void
}

class SqliteDriver implements LogDriver {
  readonly kind = 'sqlite'
  readonly isShared = false
  private readonly file: string
  private readonly limitBytes: number
  private readonly system: System
  private thread: Promise<StorageThread> | undefined
  private pendingOpens: PendingOpen[] = []
  private opening: StoreOpening = { wasRestored: false }
  private isClosed = false

  constructor(file: string, options: SqliteOptions) {
    this.file = file
    this.limitBytes = options.limitBytes ?? 0
    this.system = options.system ?? createSystem()
  }

  async open(): Promise<StoreOpening> {
    await this.ready()
    return this.opening
  }

  openStream(creation: StreamCreation): Promise<StreamHead> {
    return new Promise((resolve, reject) => {
      this.pendingOpens.push({ creation, resolve, reject })
      // A client that opens a thousand streams costs one sync.
      if (this.pendingOpens.length === 1) queueMicrotask(() => void this.openPending())
    })
  }

  private async openPending(): Promise<void> {
    const opens = this.pendingOpens
    this.pendingOpens = []
    try {
      const thread = await this.ready()
      const epochs = opens.map(() => createEpoch(this.system))
      const heads = await thread.call('openStreams', [opens.map(({ creation }) => creation), epochs])
      heads.forEach((head, index) => opens[index]?.resolve(head))
    } catch (error) {
      for (const { reject } of opens) reject(error)
    }
  }

  async findStream({ workspace, stream }: StreamKey): Promise<StreamHead | undefined> {
    const thread = await this.ready()
    return thread.call('findStream', [{ workspace, stream }])
  }

  async positionsOf(keys: readonly StreamKey[]): Promise<readonly (LogPosition | undefined)[]> {
    const thread = await this.ready()
    return thread.call('positionsOf', [keys.map(({ workspace, stream }) => ({ workspace, stream }))])
  }

  async append(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]> {
    const thread = await this.ready()
    const encoded = batches.map(({ workspace, stream, epoch, subject, ops }) => {
      return { workspace, stream, epoch, subject, ops: encodeOps(ops) }
    })
    const outcomes = await thread.call(
      'append',
      [encoded],
      encoded.map(({ ops }) => ops.buffer),
    )
    return outcomes.map((outcome) =>
      outcome.kind === 'ok' ? outcome : { kind: 'failed', error: fromPlainError(outcome.error) },
    )
  }

  async read({
    workspace,
    stream,
    afterSeq,
    limitBytes,
    throughSeq,
  }: ReadRange): Promise<LogSlice | undefined> {
    const thread = await this.ready()
    const range = { workspace, stream, afterSeq, limitBytes, throughSeq }
    const slice = await thread.call('read', [range])
    return slice && decodeSlice(slice, range)
  }

  async countersOf(
    { workspace, stream }: StreamKey,
    replicas: readonly ReplicaId[],
  ): Promise<readonly number[]> {
    const thread = await this.ready()
    return thread.call('countersOf', [{ workspace, stream }, replicas])
  }

  async findSeq(
    { workspace, stream }: StreamKey,
    { replica, counter }: OpId,
    subject: string,
  ): Promise<number | undefined> {
    const thread = await this.ready()
    return thread.call('findSeq', [{ workspace, stream }, { replica, counter }, subject])
  }

  async putSnapshot({ workspace, stream }: StreamKey, snapshot: Snapshot): Promise<void> {
    const thread = await this.ready()
    return thread.call('putSnapshot', [{ workspace, stream }, snapshot])
  }

  async latestSnapshot(
    { workspace, stream }: StreamKey,
    atOrBelow = Number.MAX_SAFE_INTEGER,
  ): Promise<Snapshot | undefined> {
    const thread = await this.ready()
    return thread.call('latestSnapshot', [{ workspace, stream }, atOrBelow])
  }

  async listStreams(
    workspace: string,
    { after = '', limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StreamHead[]> {
    const thread = await this.ready()
    return thread.call('listStreams', [workspace, after, limit])
  }

  async listWorkspaces({
    after = '',
    limit,
  }: {
    readonly after?: string
    readonly limit: number
  }): Promise<readonly string[]> {
    const thread = await this.ready()
    return thread.call('listWorkspaces', [after, limit])
  }

  async replicasOf(
    { workspace, stream }: StreamKey,
    { after = '', limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StreamReplica[]> {
    const thread = await this.ready()
    return thread.call('replicasOf', [{ workspace, stream }, after, limit])
  }

  async renewEpoch({ workspace, stream }: StreamKey, epoch: string): Promise<StreamHead | undefined> {
    const thread = await this.ready()
    return thread.call('renewEpoch', [{ workspace, stream }, epoch, createEpoch(this.system)])
  }

  async compact(
    { workspace, stream }: StreamKey,
    epoch: string,
    throughSeq: number,
  ): Promise<StreamHead | undefined> {
    const thread = await this.ready()
    return thread.call('compact', [{ workspace, stream }, epoch, throughSeq])
  }

  async truncate(
    { workspace, stream }: StreamKey,
    epoch: string,
    headSeq: number,
  ): Promise<StreamHead | undefined> {
    const thread = await this.ready()
    return thread.call('truncate', [{ workspace, stream }, epoch, headSeq, createEpoch(this.system)])
  }

  async restore(part: StreamRestore): Promise<void> {
    const thread = await this.ready()
    return thread.call('restore', [part])
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    const thread = await this.thread?.catch(() => undefined)
    if (!thread) return
    await thread.call('close', [])
    await thread.end()
  }

  /** The thread with the file open. One that ended is replaced: the next call may find the storage well again. */
  private ready(): Promise<StorageThread> {
    if (this.isClosed) throw createError('storage/unavailable', 'The storage is closed.')
    this.thread ??= this.start()
    return this.thread
  }

  private async start(): Promise<StorageThread> {
    // The next thread begins when this one has ended, never before: the file is locked until then.
    const thread = new StorageThread(() => {
      this.thread = undefined
    })
    try {
      this.opening = await thread.call('open', [{ file: this.file, limitBytes: this.limitBytes }])
      return thread
    } catch (error) {
      await thread.end()
      throw error
    }
  }
}

function decodeSlice(
  slice: EncodedSlice,
  { afterSeq, limitBytes, throughSeq = slice.headSeq }: ReadRange,
): LogSlice {
  const { epoch, headSeq, floorSeq, truncatedSeq, segments, rows, replicas } = slice
  const replicaOf = (number: number): ReplicaId => replicas.get(number) ?? unknownReplica(number)
  const ops: SequencedOp[] = []
  let bytes = 0
  const take = (op: SequencedOp): void => {
    if (op.seq <= afterSeq || op.seq > throughSeq || bytes >= limitBytes) return
    ops.push(op)
    bytes += sizeOfOp(op)
  }
  for (const segment of segments) opsOfSegment(segment, replicaOf).forEach(take)
  for (const row of rows) opsOfRow(row, replicaOf).forEach(take)
  return { epoch, headSeq, floorSeq, truncatedSeq, ops }
}

function unknownReplica(number: number): never {
  throw createError('storage/corrupt', `The log names replica ${number}, which does not exist.`)
}
