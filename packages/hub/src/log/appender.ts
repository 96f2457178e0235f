import { type FlowSyncError, isFlowSyncError, type SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { AppendBatch, AppendOutcome, LogDriver } from '../storage/driver.js'
import { sizeOfOp } from '../storage/op-size.js'

interface Waiting {
  readonly batch: AppendBatch
  readonly bytes: number
  readonly resolve: (outcome: AppendOutcome) => void
}

/** What one transaction takes at most; the rest waits for the next. */
const TRANSACTION_BYTES = 8 * 1024 * 1024
const BATCH_OVERHEAD_BYTES = 64

/**
 * Group commit: while one transaction is being synced, batches gather for the next. Under load a sync
 * carries hundreds of them; an idle hub starts one at once and adds no wait.
 */
export class Appender {
  private readonly storage: LogDriver
  private readonly queuedBytesLimit: number
  private waiting: Waiting[] = []
  private queuedBytes = 0
  private running: Promise<void> | undefined

  constructor(storage: LogDriver, queuedBytesLimit: number) {
    this.storage = storage
    this.queuedBytesLimit = queuedBytesLimit
  }

  /**
   * Stores a batch. Resolves when it is durable, or with the refusal; batches are stored in the order
   * of the calls. Never rejects.
   */
  append(batch: AppendBatch): Promise<AppendOutcome> {
    const bytes = batch.ops.reduce((sum, op) => sum + sizeOfOp(op), BATCH_OVERHEAD_BYTES)
    if (this.queuedBytes + bytes > this.queuedBytesLimit && this.queuedBytes > 0) {
      return Promise.resolve({ kind: 'failed', error: overloaded() })
    }
    return new Promise((resolve) => {
      this.waiting.push({ batch, bytes, resolve })
      this.queuedBytes += bytes
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
      group.forEach(({ bytes, resolve }, index) => {
        this.queuedBytes -= bytes
        resolve(outcomes[index] ?? { kind: 'failed', error: noAnswer() })
      })
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
    try {
      return await this.storage.append(batches)
    } catch (error) {
      // Nothing of the transaction is acknowledged. A retry gets the stored answer should it be durable after all.
      const refusal: FlowSyncError = isFlowSyncError(error) ? error : noAnswer(error)
      return batches.map(() => ({ kind: 'failed', error: refusal }))
    }
  }
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
