import type { FlowSyncError, Op, OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { AppendBatch } from './driver.js'

/** What a driver knows of a stream while it holds the write lock, with what it staged already. */
export interface StreamLedger {
  readonly epoch: string
  /** Seq of the last op, staged ones included. */
  readonly headSeq: number
  /** Seq of the last op that anybody can have seen. */
  readonly committedHeadSeq: number
  /** The counter that the replica's next op must begin at: 1 for an unknown one. */
  nextCounter(replica: ReplicaId): number
  /** Ops at or below it are gone. */
  readonly truncatedSeq: number
  /** The stored op that begins at exactly this counter, or that it is among those that are gone. */
  find(id: OpId): StoredOp | undefined
  /** The subject a replica belongs to, undefined when nobody appended under it yet. */
  subjectOf(replica: ReplicaId): string | undefined
}

/** A stored op, or only that it was stored once. */
export type StoredOp = SequencedOp | 'truncated'

/** What to store of a batch. */
export interface AppendPlan {
  /** One per op of the batch. */
  readonly seqs: readonly number[]
  /** The new ops, with the seqs that follow the ledger's head. */
  readonly newOps: readonly SequencedOp[]
  /** For every replica that appends, the counter its next op will begin at. */
  readonly nextCounters: ReadonlyMap<ReplicaId, number>
}

/**
 * Decides what a batch becomes. Every driver decides with this function, inside its transaction.
 * Pure: the ledger is read, never changed.
 * @throws FlowSyncError when the batch is refused as a whole
 */
export function planAppend(ledger: StreamLedger, batch: AppendBatch): AppendPlan {
  if (batch.epoch !== ledger.epoch) throw epochChanged(batch.stream, ledger.epoch)
  const seqs: number[] = []
  const newOps: SequencedOp[] = []
  const nextCounters = new Map<ReplicaId, number>()
  const nextOf = (replica: ReplicaId): number => nextCounters.get(replica) ?? ledger.nextCounter(replica)

  for (const op of batch.ops) {
    const expected = nextOf(op.replica)
    if (!nextCounters.has(op.replica)) checkAuthor(ledger, op.replica, batch.subject)
    if (op.counter < expected) {
      seqs.push(storedSeq(ledger, newOps, op))
      continue
    }
    if (op.counter > expected) throw counterGap(op, expected)
    checkPast(ledger, op, nextOf)
    const seq = ledger.headSeq + newOps.length + 1
    newOps.push({ ...op, seq })
    seqs.push(seq)
    nextCounters.set(op.replica, op.counter + op.count)
  }
  return { seqs, newOps, nextCounters }
}

function checkAuthor(ledger: StreamLedger, replica: ReplicaId, subject: string): void {
  const owner = ledger.subjectOf(replica)
  if (owner === undefined || owner === subject) return
  throw createError('op/replica-foreign', 'The replica belongs to somebody else.', { details: { replica } })
}

function storedSeq(ledger: StreamLedger, newOps: readonly SequencedOp[], op: Op): number {
  const stored =
    ledger.find(op) ?? newOps.find(({ replica, counter }) => replica === op.replica && counter === op.counter)
  if (stored === 'truncated') return ledger.truncatedSeq
  // A replica that counts twice would lose an edit silently if the other op's seq were its answer.
  if (stored === undefined || stored.count !== op.count || !sameBytes(stored.body, op.body)) {
    throw createError('op/invalid', `Counter ${op.counter} is taken by another op of this replica.`, {
      details: { replica: op.replica, counter: op.counter },
    })
  }
  return stored.seq
}

function checkPast(ledger: StreamLedger, op: Op, nextOf: (replica: ReplicaId) => number): void {
  if (op.base > ledger.committedHeadSeq) {
    throw createError('op/unknown-base', `The op was made on seq ${op.base}, which does not exist.`, {
      details: { base: op.base, headSeq: ledger.committedHeadSeq },
    })
  }
  // Nobody could fold it any more: what it was made on is erased.
  if (op.base < ledger.truncatedSeq) throw opTruncated(op)
  for (const known of op.extra) {
    if (known.counter < nextOf(known.replica)) continue
    throw createError('op/unknown-base', 'The op was made on an op that is not stored.', {
      details: { replica: known.replica, counter: known.counter },
    })
  }
}

function opTruncated(op: Op): FlowSyncError {
  return createError('stream/truncated', `The op was made on seq ${op.base}, which was erased.`, {
    details: { base: op.base },
  })
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function counterGap(op: Op, expected: number): FlowSyncError {
  return createError('op/counter-gap', `Counter ${op.counter} came where ${expected} was expected.`, {
    details: { replica: op.replica, expected },
  })
}

/** The refusal of whoever speaks of another life of the stream. */
export function epochChanged(stream: string, epoch: string): FlowSyncError {
  return createError(
    'stream/epoch-changed',
    `The log of "${stream}" was reset or restored; subscribe again.`,
    {
      details: { epoch },
    },
  )
}

/** The refusal of an append to, or a read of, a stream that nobody opened. */
export function streamUnknown(stream: string): FlowSyncError {
  return createError('stream/unknown', `There is no stream "${stream}".`)
}

/** The refusal of a read that begins before what is left of the log. */
export function streamTruncated(stream: string): FlowSyncError {
  return createError(
    'stream/truncated',
    `The beginning of the log of "${stream}" was erased; begin with its snapshot.`,
  )
}

/** The refusal of a restore over something. */
export function streamExists(stream: string): FlowSyncError {
  return createError(
    'stream/exists',
    `There is a stream "${stream}" already, and the part does not fit behind it.`,
  )
}
