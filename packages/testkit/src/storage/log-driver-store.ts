import assert from 'node:assert/strict'
import { isFlowSyncError, type Op, type ReplicaId } from '@flowsync/crdt'
import type { AppendBatch, AppendOutcome, LogDriver, StreamHead } from '@flowsync/hub'

/** A place that log drivers are opened on, empty at first. */
export interface LogStore {
  /**
   * A driver on what is there, not opened yet. Unless the store is shared, the one before was closed, or left
   * behind as by a crash.
   */
  driver(): LogDriver
  /** Ends a driver as a crash would, without a word to it. Default: it is closed. */
  abandon?(driver: LogDriver): Promise<void>
  dispose(): Promise<void>
}

/** One behaviour that every driver must show. */
export interface LogDriverCase {
  readonly name: string
  /** Rejects when the driver does not. */
  check(): Promise<void>
}

/** A byte limit that no log of these cases reaches. */
export const WHOLE_LOG = 1_000_000_000

/** The `number`-th replica of these cases. */
export function replica(number: number): ReplicaId {
  return number.toString(16).padStart(32, '0') as ReplicaId
}

/** An op that takes one counter and knows everything up to `base`. */
export function op(author: ReplicaId, counter: number, base = 0, more: Partial<Op> = {}): Op {
  return {
    replica: author,
    counter,
    count: 1,
    base,
    extra: [],
    body: Uint8Array.of(counter & 0xff, 7),
    ...more,
  }
}

/** A stream under test and the short forms that the cases use. */
export class StreamUnderTest {
  readonly driver: LogDriver
  readonly head: StreamHead

  private constructor(driver: LogDriver, head: StreamHead) {
    this.driver = driver
    this.head = head
  }

  static async open(driver: LogDriver, stream = 'doc:a', workspace = 'acme'): Promise<StreamUnderTest> {
    const head = await driver.openStream({ workspace, stream, rule: 'text', ruleVersion: 1 })
    return new StreamUnderTest(driver, head)
  }

  batch(ops: readonly Op[], subject = 'alice'): AppendBatch {
    const { workspace, stream, epoch } = this.head
    return { workspace, stream, epoch, subject, ops }
  }

  async append(ops: readonly Op[], subject?: string): Promise<AppendOutcome> {
    const [outcome] = await this.driver.append([this.batch(ops, subject)])
    assert.ok(outcome)
    return outcome
  }

  async seqsOf(ops: readonly Op[], subject?: string): Promise<readonly number[]> {
    return seqs(await this.append(ops, subject))
  }

  /** Keeps a snapshot at the seq, whose state tells where it belongs. */
  snapshot(seq: number): Promise<void> {
    return this.driver.putSnapshot(this.head, { epoch: this.head.epoch, seq, state: stateAt(seq) })
  }

  compact(throughSeq: number): Promise<StreamHead | undefined> {
    return this.driver.compact(this.head, this.head.epoch, throughSeq)
  }

  async bodies(afterSeq = 0): Promise<number[][]> {
    const slice = await this.driver.read({ ...this.head, afterSeq, limitBytes: 1_000_000 })
    return (slice?.ops ?? []).map(({ body }) => [...body])
  }
}

function stateAt(seq: number): Uint8Array {
  return new TextEncoder().encode(`state at ${seq}`)
}

/** What is read of a stream from every `step`-th seq on, with many byte limits and ends; without its floor. */
export async function everyRead(doc: StreamUnderTest, step = 1): Promise<unknown[]> {
  const reads: unknown[] = []
  const { headSeq = 0, truncatedSeq = 0 } = (await doc.driver.findStream(doc.head)) ?? {}
  for (let afterSeq = truncatedSeq; afterSeq <= headSeq; afterSeq += step) {
    for (const [limitBytes, throughSeq] of [
      [1, undefined],
      [60, undefined],
      [WHOLE_LOG, afterSeq + 3],
      [WHOLE_LOG, undefined],
    ] as const) {
      const slice = await doc.driver.read({ ...doc.head, afterSeq, limitBytes, throughSeq })
      reads.push(slice?.ops, slice?.headSeq)
    }
  }
  return reads
}

/** The seqs of an outcome that must be a success. */
export function seqs(outcome: AppendOutcome | undefined): readonly number[] {
  assert.ok(outcome?.kind === 'ok', outcome?.kind === 'failed' ? outcome.error.message : 'no outcome')
  return outcome.seqs
}

/** The code and details of an outcome that must be a refusal. */
export function refusal(outcome: AppendOutcome | undefined): {
  code: string
  details: Readonly<Record<string, unknown>>
} {
  assert.ok(outcome?.kind === 'failed', 'the batch should have been refused')
  return { code: outcome.error.code, details: outcome.error.details }
}

/** The code of the FlowSyncError that `promise` must reject with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (isFlowSyncError(error)) return error.code
    throw error
  }
  assert.fail('the call should have been refused')
}
