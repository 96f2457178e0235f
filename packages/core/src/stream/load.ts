import { Fold, isFlowSyncError, type FlowSyncError, type ReplicaId } from '@flowsync/crdt'
import { NO_EPOCH, type Epoch } from '@flowsync/protocol'
import type { OutboxOp } from '../outbox/outbox.js'
import type { Checkpoint, StoredStream } from '../storage/driver.js'
import type { AnyFold } from './fold-types.js'
import { createCarrier, putOnTop, startRebuild } from './rebuild.js'
import { createOutboxOp, type Stream } from './stream.js'

/** A confirmed state from elsewhere: what a server rendered. */
export interface StreamSeed extends Checkpoint {
  readonly epoch: Epoch
}

/**
 * Shows a confirmed state where nothing newer is known.
 * @throws FlowSyncError `state/invalid`
 */
export function seedStream(stream: Stream, seed: StreamSeed): void {
  const isNewer = stream.epoch === NO_EPOCH || (stream.epoch === seed.epoch && stream.fold.seq < seed.seq)
  // Own edits may be part of the seed already, which only the hub can tell.
  if (!isNewer || !stream.outbox.isEmpty || stream.rebuild) return
  if (stream.isLoaded) {
    const plan = { headSeq: seed.seq, acknowledged: new Map(), carry: 'nothing', past: 'same' } as const
    startRebuild(stream, { ...plan, epoch: seed.epoch, checkpoint: seed })
    return
  }
  const before = stream.fold.value
  stream.fold = new Fold(stream.rule, seed)
  stream.epoch = seed.epoch
  // A field may be bound already: a page that is rendered again for another user brings its state late.
  stream.jumped(before)
  stream.changed()
}

/**
 * Takes back what was edited before the stream was loaded, and shows the seed alone. None of it was saved or sent, so its
 * counters are free again.
 */
export function takeBackEarly(stream: Stream, seed: StreamSeed | undefined, error: FlowSyncError): void {
  const before = stream.fold.value
  const [first] = stream.outbox
  if (first) {
    stream.author = { ...stream.author, nextCounter: first.op.counter }
    stream.lastError = error
  }
  for (const entry of [...stream.outbox]) {
    stream.outbox.refuse(entry, error)
    stream.outbox.remove(entry)
  }
  stream.fold = new Fold(stream.rule, seed)
  stream.epoch = seed?.epoch ?? NO_EPOCH
  stream.jumped(before)
  stream.changed()
}

/**
 * Takes over what is stored: the confirmed state, ops of dead instances, and on top what was edited while loading.
 * Nobody is told: the caller says so once the stream is being followed.
 *
 * @param isAdopted whether this client sends the ops of an instance
 * @param seed what was shown while loading, if anything
 */
export function loadStream(
  stream: Stream,
  stored: StoredStream,
  isAdopted: (owner: ReplicaId) => boolean,
  seed: StreamSeed | undefined,
): void {
  const confirmed = foldStored(stream, stored)
  const left = stored.outbox.filter(({ owner }) => isAdopted(owner))
  const isSeedNewer =
    seed && left.length === 0 && (seed.epoch !== confirmed?.epoch || seed.seq > confirmed.fold.seq)
  const transaction = stream.environment.journal.stage()
  const before = stream.fold.value
  stream.isLoaded = true
  // Until the storage was open nobody knew how many ops of this device were made before.
  for (const entry of stream.outbox) entry.order = stream.environment.nextOrder()
  if (isSeedNewer) transaction.replaceStream(stream.name, seed.epoch, seed, [])
  if (isSeedNewer || (!confirmed && left.length === 0)) {
    for (const entry of stream.outbox) stream.save(entry, transaction)
  } else {
    const early = [...stream.outbox]
    for (const entry of early) stream.outbox.remove(entry)
    stream.fold = confirmed?.fold ?? new Fold(stream.rule)
    stream.epoch = confirmed?.epoch ?? NO_EPOCH
    stream.historyBelow = confirmed?.historyBelow ?? Infinity
    stream.noteTail(stored.tail)
    stream.stored.checkpointBytes = stored.checkpoint?.state.length ?? 0
    const placed = new Set(
      left.length > 0 ? stored.tail.map(({ replica, counter }) => `${replica}${counter}`) : [],
    )
    for (const entry of left.flatMap(storedOps)) {
      const { replica, counter } = entry.op
      // Another tab has stored it as part of the hub's log; its own tab died before it could take it off the outbox.
      if (placed.has(`${replica}${counter}`)) {
        transaction.removeOps({ stream: stream.name, replica, through: counter })
        continue
      }
      stream.outbox.add(entry)
      putOnTop(stream, stream.fold, entry)
    }
    if (early.length > 0) carryEarly(stream, early, seed)
  }
  stream.jumped(before)
}

export interface Confirmed {
  readonly fold: AnyFold
  readonly epoch: Epoch
  readonly historyBelow: number
}

/** Undefined when nothing is stored, or nothing that this version of the rule can read: the hub has it all. */
export function foldStored(stream: Stream, { epoch, checkpoint, tail }: StoredStream): Confirmed | undefined {
  if (epoch === NO_EPOCH) return undefined
  try {
    const fold: AnyFold = new Fold(stream.rule, checkpoint)
    for (const op of tail) {
      const result = fold.receive(op)
      if (result.kind === 'needs-history') return { fold, epoch, historyBelow: result.base }
    }
    return { fold, epoch, historyBelow: Infinity }
  } catch (error) {
    if (isFlowSyncError(error)) return undefined
    throw error
  }
}

function storedOps({ ops, owner, order }: StoredStream['outbox'][number]): OutboxOp[] {
  return ops.map((op) => ({
    ...createOutboxOp(op, owner, order, undefined),
    isStored: true,
    isSaved: true,
    wasSent: true,
  }))
}

/** Edits made before the stored state was here go on top of it. They were never saved nor sent. */
function carryEarly(stream: Stream, early: readonly OutboxOp[], seed: StreamSeed | undefined): void {
  const { environment, outbox, fold } = stream
  const transaction = environment.journal.stage()
  const author = { ...stream.author, nextCounter: early[0]?.op.counter ?? stream.author.nextCounter }
  stream.author = author
  const carrier = createCarrier(stream, fold, new Fold(stream.rule, seed), author)
  for (const entry of early) {
    const made = carrier.carry(entry)
    if (!made) continue
    outbox.add(made)
    stream.save(made, transaction)
  }
}
