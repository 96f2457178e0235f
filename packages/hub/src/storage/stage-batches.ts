import { isFlowSyncError, type SequencedOp } from '@flowsync/crdt'
import type { CachedStream } from './cached-stream.js'
import type { AppendBatch, AppendOutcome } from './driver.js'
import { noteOp } from './marks.js'
import { type AppendPlan, planAppend, streamUnknown } from './plan-append.js'

/** What a driver does for a batch that is accepted, inside its transaction. */
export interface Staging {
  /** The stream with all that the transaction has locked and loaded of it; undefined when it does not exist. */
  streamOf(batch: AppendBatch): CachedStream | undefined
  /** The number of a replica; an unknown one is bound to the subject for good. */
  bind(stream: CachedStream, replica: SequencedOp['replica'], subject: string): number
  /** A mark that is to be stored with the ops. */
  mark(stream: CachedStream, replicaNumber: number, op: SequencedOp): void
}

/**
 * Decides batch by batch, each on top of those before it, and stages what is accepted on the streams.
 * Every driver with a ledger of its own appends with this function: it holds the write lock of the streams
 * while it calls, and then writes what `staged` of each stream says.
 */
export function stageBatches(batches: readonly AppendBatch[], staging: Staging): AppendOutcome[] {
  return batches.map((batch) => {
    try {
      const stream = staging.streamOf(batch)
      if (!stream) throw streamUnknown(batch.stream)
      const priorHeadSeq = stream.headSeq
      const plan = planAppend(stream, batch)
      accept(stream, batch.subject, plan, staging)
      return { kind: 'ok', seqs: plan.seqs, priorHeadSeq }
    } catch (error) {
      if (isFlowSyncError(error)) return { kind: 'failed', error }
      throw error
    }
  })
}

function accept(stream: CachedStream, subject: string, plan: AppendPlan, staging: Staging): void {
  for (const [replica, nextCounter] of plan.nextCounters) {
    const number = staging.bind(stream, replica, subject)
    const place = stream.placeOf(replica) ?? { number, nextCounter, markSeq: 0, opsSinceMark: 0 }
    place.nextCounter = nextCounter
    stream.places.set(replica, place)
  }
  for (const op of plan.newOps) {
    const place = stream.places.get(op.replica)
    if (place && noteOp(place, op)) staging.mark(stream, place.number, op)
    stream.staged.push(op)
  }
}
