import {
  type FlowSyncError,
  isFlowSyncError,
  type OpId,
  type ReplicaId,
  type SequencedOp,
} from '@flowsync/crdt'
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
} from './driver.js'
import { keptSnapshots } from './kept-snapshots.js'
import { headSeqOf, MemoryDisk, type ReplicaLog, type StoredStream } from './memory-disk.js'
import { sizeOfOp } from './op-size.js'
import {
  type AppendPlan,
  planAppend,
  type StoredOp,
  type StreamLedger,
  streamExists,
  streamTruncated,
  streamUnknown,
} from './plan-append.js'
import { SEGMENT_OPS } from './segment.js'

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
  private readonly options: MemoryOptions
  private lastWrite: Promise<unknown> = Promise.resolve()

  constructor(options: MemoryOptions) {
    this.options = options
    this.isShared = options.isShared ?? false
    this.disk = options.disk ?? new MemoryDisk()
    this.system = options.system ?? createSystem()
  }

  async open(): Promise<StoreOpening> {
    if (this.isShared) this.disk.share(this)
    else this.disk.take(this)
    return { wasRestored: false }
  }

  openStream(creation: StreamCreation): Promise<StreamHead> {
    const stored = this.disk.stream(creation)
    if (stored) return this.answer(() => headOf(stored))
    return this.write(() =>
      headOf(this.disk.stream(creation) ?? this.disk.create(creation, createEpoch(this.system))),
    )
  }

  findStream(key: StreamKey): Promise<StreamHead | undefined> {
    return this.answer(() => {
      const stored = this.disk.stream(key)
      return stored && headOf(stored)
    })
  }

  positionsOf(keys: readonly StreamKey[]): Promise<readonly (LogPosition | undefined)[]> {
    return this.answer(() =>
      keys.map((key) => {
        const stored = this.disk.stream(key)
        return stored && positionOf(stored)
      }),
    )
  }

  append(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]> {
    return this.write(() => {
      const committedHeads = new Map<StoredStream, number>()
      return batches.map((batch) => this.appendOne(batch, committedHeads))
    })
  }

  private appendOne(batch: AppendBatch, committedHeads: Map<StoredStream, number>): AppendOutcome {
    const stored = this.disk.stream(batch)
    if (!stored) return { kind: 'failed', error: streamUnknown(batch.stream) }
    const priorHeadSeq = headSeqOf(stored)
    const committedHeadSeq = committedHeads.get(stored) ?? priorHeadSeq
    committedHeads.set(stored, committedHeadSeq)
    try {
      const plan = planAppend(this.ledgerOf(stored, committedHeadSeq), batch)
      this.store(stored, batch, plan)
      return { kind: 'ok', seqs: plan.seqs, priorHeadSeq }
    } catch (error) {
      if (isFlowSyncError(error)) return { kind: 'failed', error }
      throw error
    }
  }

  private ledgerOf(stored: StoredStream, committedHeadSeq: number): StreamLedger {
    return {
      epoch: stored.epoch,
      headSeq: headSeqOf(stored),
      committedHeadSeq,
      truncatedSeq: stored.truncatedSeq,
      nextCounter: (replica) => stored.replicas.get(replica)?.nextCounter ?? 1,
      find: (id) => findOp(stored.replicas.get(id.replica), id),
      subjectOf: (replica) => this.disk.subjectOf(stored.creation.workspace, replica),
    }
  }

  private store(stored: StoredStream, batch: AppendBatch, plan: AppendPlan): void {
    for (const op of plan.newOps) {
      stored.ops.push(op)
      logOf(stored, op.replica).ops.push(op)
      logOf(stored, op.replica).nextCounter = op.counter + op.count
      this.disk.bind(batch.workspace, op.replica, batch.subject)
    }
  }

  read(range: ReadRange): Promise<LogSlice | undefined> {
    return this.answer(() => {
      const stored = this.disk.stream(range)
      if (!stored) return undefined
      const position = positionOf(stored)
      if (range.afterSeq < position.truncatedSeq) throw streamTruncated(range.stream)
      const throughSeq = Math.min(range.throughSeq ?? position.headSeq, position.headSeq)
      const ops: SequencedOp[] = []
      let bytes = 0
      for (let seq = range.afterSeq + 1; seq <= throughSeq && bytes < range.limitBytes; seq++) {
        const op = stored.ops[seq - 1 - position.truncatedSeq]
        if (!op) break
        ops.push(op)
        bytes += sizeOfOp(op)
      }
      return { ...position, ops }
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
      const found = findOp(stored?.replicas.get(id.replica), id)
      return found === 'truncated' ? stored?.truncatedSeq : found?.seq
    })
  }

  putSnapshot(key: StreamKey, snapshot: Snapshot): Promise<void> {
    return this.write(() => {
      const stored = this.disk.stream(key)
      if (!stored || stored.epoch !== snapshot.epoch || snapshot.seq > headSeqOf(stored)) return
      if (snapshot.seq < stored.truncatedSeq) return
      keep(stored, snapshot)
    })
  }

  latestSnapshot(key: StreamKey, atOrBelow = Number.MAX_SAFE_INTEGER): Promise<Snapshot | undefined> {
    return this.answer(() => {
      const stored = this.disk.stream(key)
      if (!stored) return undefined
      const seqs = [...stored.snapshots.keys()].filter((seq) => seq <= atOrBelow)
      const snapshot = seqs.length === 0 ? undefined : stored.snapshots.get(Math.max(...seqs))
      return snapshot && { ...snapshot, epoch: stored.epoch }
    })
  }

  listStreams(
    workspace: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StreamHead[]> {
    const { after, limit } = page
    return this.answer(() =>
      this.disk
        .streamsOf(workspace)
        .map(headOf)
        .sort((a, b) => compareUtf8(a.stream, b.stream))
        .filter(({ stream }) => after === undefined || compareUtf8(stream, after) > 0)
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
    return this.write(() => {
      const stored = this.disk.stream(key)
      if (stored?.epoch === epoch) stored.epoch = createEpoch(this.system)
      return stored && headOf(stored)
    })
  }

  compact(key: StreamKey, epoch: string, throughSeq: number): Promise<StreamHead | undefined> {
    return this.write(() => {
      const stored = this.disk.stream(key)
      if (stored?.epoch === epoch) {
        const newest = Math.max(0, ...stored.snapshots.keys())
        // Nothing is gained by compressing what is in memory for a while only: the floor is what others see.
        const floorSeq = Math.min(throughSeq, newest, stored.floorSeq + SEGMENT_OPS)
        stored.floorSeq = Math.max(stored.floorSeq, floorSeq)
      }
      return stored && headOf(stored)
    })
  }

  truncate(key: StreamKey, epoch: string, headSeq: number): Promise<StreamHead | undefined> {
    return this.write(() => {
      const stored = this.disk.stream(key)
      if (!stored) return undefined
      if (stored.epoch === epoch && headSeqOf(stored) === headSeq && stored.snapshots.has(headSeq)) {
        stored.epoch = createEpoch(this.system)
        stored.floorSeq = headSeq
        stored.truncatedSeq = headSeq
        stored.ops = []
        for (const seq of stored.snapshots.keys()) if (seq < headSeq) stored.snapshots.delete(seq)
        for (const log of stored.replicas.values()) {
          log.ops = []
          log.truncatedCounter = log.nextCounter
        }
      }
      return headOf(stored)
    })
  }

  restore({ head, replicas, ops, snapshots }: StreamRestore): Promise<void> {
    return this.write(() => {
      const stored = this.disk.stream(head) ?? this.createRestored(head, replicas)
      const first = ops[0]
      if (first && first.seq !== headSeqOf(stored) + 1) throw streamExists(head.stream)
      for (const op of ops) {
        stored.ops.push(op)
        logOf(stored, op.replica).ops.push(op)
      }
      for (const snapshot of snapshots) keep(stored, snapshot)
    })
  }

  private createRestored(head: StreamHead, replicas: readonly StreamReplica[]): StoredStream {
    const { workspace, stream, rule, ruleVersion, epoch, floorSeq, truncatedSeq } = head
    const stored = this.disk.create({ workspace, stream, rule, ruleVersion }, epoch)
    Object.assign(stored, { floorSeq, truncatedSeq })
    for (const { replica, subject, nextCounter, truncatedCounter } of replicas) {
      Object.assign(logOf(stored, replica), { nextCounter, truncatedCounter })
      this.disk.bind(workspace, replica, subject)
    }
    return stored
  }

  async close(): Promise<void> {
    await this.lastWrite
    this.disk.release(this)
  }

  private async answer<T>(read: () => T): Promise<T> {
    this.checkHeld()
    return read()
  }

  /** Writes run one at a time; each is synced as a whole at one moment. */
  private write<T>(transact: () => T): Promise<T> {
    const result = this.lastWrite.then(async () => {
      await this.delay()
      this.checkHeld()
      const fault = this.options.fault?.()
      if (fault) throw fault
      const value = transact()
      await this.delay()
      return value
    })
    this.lastWrite = result.catch(() => undefined)
    return result
  }

  private delay(): Promise<void> | undefined {
    const { delayMs } = this.options
    if (!delayMs) return undefined
    return new Promise((resolve) => {
      this.system.setTimer(delayMs(), resolve)
    })
  }

  private checkHeld(): void {
    if (this.disk.isHeldBy(this)) return
    throw createError('storage/unavailable', 'The storage is not open, or another hub took it over.')
  }
}

function positionOf(stored: StoredStream): LogPosition {
  const { epoch, floorSeq, truncatedSeq } = stored
  return { epoch, headSeq: headSeqOf(stored), floorSeq, truncatedSeq }
}

function headOf(stored: StoredStream): StreamHead {
  return { ...stored.creation, ...positionOf(stored) }
}

function logOf(stored: StoredStream, replica: ReplicaId): ReplicaLog {
  const log = stored.replicas.get(replica) ?? { nextCounter: 1, truncatedCounter: 1, ops: [] }
  stored.replicas.set(replica, log)
  return log
}

function keep(stored: StoredStream, snapshot: Snapshot): void {
  stored.snapshots.set(snapshot.seq, { ...snapshot, state: snapshot.state.slice() })
  const kept = new Set(keptSnapshots([...stored.snapshots.keys()]))
  for (const seq of stored.snapshots.keys()) if (!kept.has(seq)) stored.snapshots.delete(seq)
}

/** Binary search: counters ascend. */
function findOp(log: ReplicaLog | undefined, { counter }: OpId): StoredOp | undefined {
  if (!log) return undefined
  if (counter < log.truncatedCounter) return 'truncated'
  let low = 0
  let high = log.ops.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((log.ops[middle]?.counter ?? 0) < counter) low = middle + 1
    else high = middle
  }
  const op = log.ops[low]
  return op?.counter === counter ? op : undefined
}

/** The order of SQLite's binary collation: by code point, which UTF-16 units do not give. */
function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}
