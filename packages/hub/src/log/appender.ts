import { type FlowSyncError, isFlowSyncError, type SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { HubLimits } from '../limit/limits.js'
import type { AppendBatch, AppendOutcome, LogDriver } from '../storage/driver.js'
import { sizeOfOp } from '../storage/op-size.js'
import { retryLater, type StorageHealth } from './storage-health.js'

interface Waiting {
  readonly batch: AppendBatch
  readonly bytes: number
  readonly resolve: (outcome: AppendOutcome) => void
}

/** What an {@link Appender} works with. */
export interface AppenderOptions {
  readonly storage: LogDriver
  readonly limits: Pick<HubLimits, 'queuedBytes' | 'queuedBytesPerStream'>
  readonly health: StorageHealth
}

/** What one transaction takes at most; the rest waits for the next. */
const TRANSACTION_BYTES = 8 * 1024 * 1024
const BATCH_OVERHEAD_BYTES = 64

/**
 * Group commit: while one transaction is being synced, batches gather for the next. Under load a sync
 * carries hundreds of them; an idle hub starts one at once and adds no wait. What gathers is bounded, for each
 * stream and together, and a storage that takes no writes is left alone.
 */
export class Appender {
  private readonly options: AppenderOptions
  private waiting: Waiting[] = []
  private queuedBytes = 0
  private readonly queuedOf = new Map<string, number>()
  private running: Promise<void> | undefined

  constructor(options: AppenderOptions) {
    this.options = options
  }

  /**
   * Stores a batch. Resolves when it is durable, or with the refusal; batches are stored in the order
   * of the calls. Never rejects.
   */
  append(batch: AppendBatch): Promise<AppendOutcome> {
    const bytes = batch.ops.reduce((sum, op) => sum + sizeOfOp(op), BATCH_OVERHEAD_BYTES)
    const error = this.isFull(batch, bytes) ? overloaded() : this.options.health.tryWrite()
    if (error) return Promise.resolve({ kind: 'failed', error })
    return new Promise((resolve) => {
      this.waiting.push({ batch, bytes, resolve })
      this.count(batch, bytes)
      this.running ??= this.run()
    })
  }

  /** Resolves once everything that was handed in is settled. */
  async idle(): Promise<void> {
    while (this.running) await this.running
  }

  private async run(): Promise<void> {
    // What arrives in this turn of the event loop shares the first transaction.
    await Promise.resolve()
    while (this.waiting.length > 0) {
      const group = this.takeGroup()
      const outcomes = await this.store(group.map(({ batch }) => batch))
      group.forEach((each, index) =>
        this.settle(each, outcomes[index] ?? { kind: 'failed', error: noAnswer() }),
      )
      this.refuseWaiting()
    }
    this.running = undefined
  }

  private takeGroup(): Waiting[] {
    let bytes = 0
    let end = 0
    for (const { bytes: size } of this.waiting) {
      if (end > 0 && bytes + size > TRANSACTION_BYTES) break
      bytes += size
      end++
    }
    return this.waiting.splice(0, end)
  }

  private async store(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]> {
    const { storage, health } = this.options
    try {
      const outcomes = await storage.append(batches)
      health.answered(outcomes.some(isNew))
      return outcomes
    } catch (error) {
      // Nothing of the transaction is acknowledged. A retry gets the stored answer should it be durable after all.
      const refusal: FlowSyncError = isFlowSyncError(error) ? error : noAnswer(error)
      health.failed(error)
      return batches.map(() => ({ kind: 'failed', error: retryLater(refusal) }))
    }
  }

  /** What waits behind a transaction that failed is not tried one after the other: nobody should wait for that. */
  private refuseWaiting(): void {
    while (this.options.health.state.kind === 'read-only') {
      const next = this.waiting[0]
      const error = next && this.options.health.tryWrite()
      if (!error) return
      this.waiting.shift()
      this.settle(next, { kind: 'failed', error })
    }
  }

  private settle({ batch, bytes, resolve }: Waiting, outcome: AppendOutcome): void {
    this.count(batch, -bytes)
    resolve(outcome)
  }

  private isFull({ workspace, stream }: AppendBatch, bytes: number): boolean {
    const { queuedBytes, queuedBytesPerStream } = this.options.limits
    const ofStream = this.queuedOf.get(`${workspace}/${stream}`) ?? 0
    // One batch always passes, however large: its size has a limit of its own.
    return (
      (this.queuedBytes > 0 && this.queuedBytes + bytes > queuedBytes) ||
      (ofStream > 0 && ofStream + bytes > queuedBytesPerStream)
    )
  }

  private count({ workspace, stream }: AppendBatch, bytes: number): void {
    const name = `${workspace}/${stream}`
    const ofStream = (this.queuedOf.get(name) ?? 0) + bytes
    this.queuedBytes += bytes
    if (ofStream > 0) this.queuedOf.set(name, ofStream)
    else this.queuedOf.delete(name)
  }
}

function isNew(outcome: AppendOutcome): boolean {
  return outcome.kind === 'ok' && outcome.seqs.some((seq) => seq > outcome.priorHeadSeq)
}

/** The ops of a batch that its append made new, with their seqs. */
export function newOpsOf(batch: AppendBatch, outcome: AppendOutcome & { kind: 'ok' }): SequencedOp[] {
  const ops: SequencedOp[] = []
  batch.ops.forEach(({ replica, counter, count, base, extra, body }, index) => {
    const seq = outcome.seqs[index] ?? 0
    if (seq > outcome.priorHeadSeq) ops.push({ replica, counter, count, base, extra, body, seq })
  })
  return ops
}

function overloaded(): FlowSyncError {
  return createError('hub/overloaded', 'More waits to be stored than the hub takes.', {
    details: { retryAfterMs: 500 },
  })
}

function noAnswer(cause?: unknown): FlowSyncError {
  return createError('storage/unavailable', 'The storage failed; nothing was acknowledged.', { cause })
}
