import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import type { OutboxOp } from '../outbox/outbox.js'
import { continueRebuild } from './rebuild.js'
import type { Stream } from './stream.js'

/** A checkpoint is written when folding the tail again would take about as long as reading the checkpoint. */
const CHECKPOINT_OPS = 2_000
const CHECKPOINT_BYTES = 64 * 1024

/**
 * Folds ops of the hub's order and stages them for the disk, together with the outbox entries that they settle: the
 * cursor moves in the same transaction as what it covers.
 *
 * Ops behind a gap are left alone. So is everything from an op on that needs older history; `historyBelow` tells.
 */
export function receiveOps(stream: Stream, received: readonly SequencedOp[]): void {
  const ops = stream.rebuild ? continueRebuild(stream, stream.rebuild, received) : received
  const folded: SequencedOp[] = []
  const settled: OutboxOp[] = []
  const deltas: unknown[] = []
  for (const [index, op] of ops.entries()) {
    const result = stream.fold.receive(op)
    if (result.kind === 'duplicate') continue
    if (result.kind === 'gap') break
    if (result.kind === 'needs-history') {
      // The ops behind it may need more, and are asked for together.
      for (const { base } of ops.slice(index)) stream.historyBelow = Math.min(stream.historyBelow, base)
      break
    }
    if (result.kind === 'applied') for (const delta of result.deltas) deltas.push(delta)
    const own = stream.outbox.find(op.replica, op.counter)
    if (own) {
      stream.outbox.acknowledge(own, op.seq)
      settled.push(own)
    }
    folded.push(op)
  }
  if (folded.length > 0) store(stream, folded, settled)
  stream.emitDeltas(deltas, 'remote')
  if (folded.length > 0) foldAcknowledged(stream)
}

function store(stream: Stream, folded: readonly SequencedOp[], settled: readonly OutboxOp[]): void {
  const { environment, name, epoch } = stream
  const transaction = environment.journal.stage()
  transaction.appendTail(name, epoch, folded)
  const settledThrough = new Map<ReplicaId, number>()
  for (const entry of settled) {
    stream.outbox.remove(entry)
    settledThrough.set(entry.op.replica, entry.op.counter)
  }
  // One removal for all: each looks through everything that waits to be written.
  for (const [replica, through] of settledThrough) transaction.removeOps({ stream: name, replica, through })
  stream.noteTail(folded)
  if (settled.length > 0 && stream.carry === 'nothing') stream.lastError = undefined
  writeCheckpoint(stream)
  stream.changed()
}

function writeCheckpoint({ environment, name, epoch, fold, outbox, stored }: Stream): void {
  const isDue =
    stored.tailOps >= CHECKPOINT_OPS || stored.tailBytes >= CHECKPOINT_BYTES + stored.checkpointBytes
  // A state with pending ops has no seq it could be written at.
  if (!isDue || !outbox.isEmpty) return
  const state = fold.encodeState()
  if (!environment.journal.stage().putCheckpoint(name, epoch, { seq: fold.seq, state })) return
  Object.assign(stored, { tailOps: 0, tailBytes: 0, checkpointBytes: state.length })
}

/** The hub has stored own ops, at these seqs. Those that come next in its order are folded; others wait for what is between. */
export function acknowledgeOps(stream: Stream, entries: readonly OutboxOp[], seqs: readonly number[]): void {
  entries.forEach((entry, index) => {
    // A feed may have been faster, and then the outbox has let go of it.
    if (entry.isQueued) stream.outbox.acknowledge(entry, seqs[index] ?? 0)
  })
  foldAcknowledged(stream)
  stream.changed()
}

function foldAcknowledged(stream: Stream): void {
  // While the confirmed state is being replaced, the ops come with it.
  if (stream.rebuild) return
  const next: SequencedOp[] = []
  for (const { op, isAcked, seq } of stream.outbox) {
    if (!isAcked) break
    if (seq === stream.fold.seq + 1 + next.length) next.push({ ...op, seq })
  }
  if (next.length > 0) receiveOps(stream, next)
}
