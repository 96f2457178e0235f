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
  LogSlice,
  ReadRange,
  Snapshot,
  StreamCreation,
  StreamHead,
  StreamKey,
} from './driver.js'
import { keptSnapshots } from './kept-snapshots.js'
import { MemoryDisk, type ReplicaLog, type StoredStream } from './memory-disk.js'
import { sizeOfOp } from './op-size.js'
import { type AppendPlan, planAppend, type StreamLedger, streamUnknown } from './plan-append.js'

/** How a memory driver behaves. Without options it is a store that lasts as long as the hub. */
export interface MemoryOptions {
  /** What is there already, and what outlives this driver. */
  readonly disk?: MemoryDisk
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
  private readonly disk: MemoryDisk
  private readonly system: System
  private readonly options: MemoryOptions
  private lastWrite: Promise<unknown> = Promise.resolve()

  constructor(options: MemoryOptions) {
    this.options = options
    this.disk = options.disk ?? new MemoryDisk()
    this.system = options.system ?? createSystem()
  }

  async open(): Promise<void> {
    this.disk.take(this)
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

  append(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]> {
    return this.write(() => {
      const committedHeads = new Map<StoredStream, number>()
      return batches.map((batch) => this.appendOne(batch, committedHeads))
    })
  }

  private appendOne(batch: AppendBatch, committedHeads: Map<StoredStream, number>): AppendOutcome {
    const stored = this.disk.stream(batch)
    if (!stored) return { kind: 'failed', error: streamUnknown(batch.stream) }
    const priorHeadSeq = stored.ops.length
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
      headSeq: stored.ops.length,
      committedHeadSeq,
      nextCounter: (replica) => stored.replicas.get(replica)?.nextCounter ?? 1,
      find: (id) => findOp(stored.replicas.get(id.replica), id),
      subjectOf: (replica) => this.disk.subjectOf(stored.creation.workspace, replica),
    }
  }

  private store(stored: StoredStream, batch: AppendBatch, plan: AppendPlan): void {
    for (const op of plan.newOps) {
      stored.ops.push(op)
      const log = stored.replicas.get(op.replica) ?? { nextCounter: 1, ops: [] }
      log.ops.push(op)
      log.nextCounter = op.counter + op.count
      stored.replicas.set(op.replica, log)
      this.disk.bind(batch.workspace, op.replica, batch.subject)
    }
  }

  read(range: ReadRange): Promise<LogSlice | undefined> {
    return this.answer(() => {
      const stored = this.disk.stream(range)
      if (!stored) return undefined
      const throughSeq = Math.min(range.throughSeq ?? stored.ops.length, stored.ops.length)
      const ops: SequencedOp[] = []
      let bytes = 0
      for (let seq = range.afterSeq + 1; seq <= throughSeq && bytes < range.limitBytes; seq++) {
        const op = stored.ops[seq - 1]
        if (!op) break
        ops.push(op)
        bytes += sizeOfOp(op)
      }
      return { epoch: stored.epoch, headSeq: stored.ops.length, ops }
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
      return findOp(this.disk.stream(key)?.replicas.get(id.replica), id)?.seq
    })
  }

  putSnapshot(key: StreamKey, snapshot: Snapshot): Promise<void> {
    return this.write(() => {
      const stored = this.disk.stream(key)
      if (!stored || stored.epoch !== snapshot.epoch) return
      stored.snapshots.set(snapshot.seq, { ...snapshot, state: snapshot.state.slice() })
      const kept = new Set(keptSnapshots([...stored.snapshots.keys()]))
      for (const seq of stored.snapshots.keys()) if (!kept.has(seq)) stored.snapshots.delete(seq)
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

  renewEpoch(key: StreamKey, epoch: string): Promise<StreamHead | undefined> {
    return this.write(() => {
      const stored = this.disk.stream(key)
      if (stored?.epoch === epoch) stored.epoch = createEpoch(this.system)
      return stored && headOf(stored)
    })
  }

  async close(): Promise<void> {
    await this.lastWrite
    if (this.disk.isHeldBy(this)) this.disk.take(CLOSED)
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

const CLOSED = {}

function headOf(stored: StoredStream): StreamHead {
  return { ...stored.creation, epoch: stored.epoch, headSeq: stored.ops.length }
}

/** Binary search: counters ascend. */
function findOp(log: ReplicaLog | undefined, { counter }: OpId): SequencedOp | undefined {
  if (!log) return undefined
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
