import {
  carryOver,
  Fold,
  isFlowSyncError,
  type FlowSyncError,
  type Op,
  type OpId,
  type ReplicaId,
  type SequencedOp,
} from '@flowsync/crdt'
import { createError, NO_EPOCH } from '@flowsync/protocol'
import type { OutboxOp } from '../outbox/outbox.js'
import type { AnyFold } from './fold-types.js'
import type { Rebuild, RebuildPlan } from './rebuild-plan.js'
import { createOutboxOp, type Author, type Stream } from './stream.js'

/**
 * Starts to replace the confirmed state; ends at once when the checkpoint is all there is.
 * @throws FlowSyncError `state/invalid` when the checkpoint cannot be read; nothing has changed then
 */
export function startRebuild(stream: Stream, plan: RebuildPlan): void {
  const fold: AnyFold = new Fold(stream.rule, plan.checkpoint)
  const { epoch } = stream
  const { seq } = stream.fold
  // In the same past the value may not step back. When nothing else changes it takes over exactly there, so that what
  // follows reaches listeners as single changes.
  const isSeamless = epoch === plan.epoch && fold.seq <= seq && plan.carry === 'nothing'
  const rebuild = { plan, fold, ops: [], untilSeq: isSeamless ? seq : plan.headSeq }
  stream.rebuild = rebuild
  if (fold.seq >= rebuild.untilSeq) finishRebuild(stream, rebuild)
}

/** Feeds ops to a rebuild. Returns those behind the point where it ended. */
export function continueRebuild(
  stream: Stream,
  rebuild: Rebuild,
  ops: readonly SequencedOp[],
): readonly SequencedOp[] {
  for (const [index, op] of ops.entries()) {
    const result = rebuild.fold.receive(op)
    if (result.kind === 'gap') return []
    if (result.kind === 'needs-history') {
      stream.historyBelow = Math.min(stream.historyBelow, result.base)
      stream.rebuild = undefined
      return []
    }
    if (result.kind !== 'duplicate') rebuild.ops.push(op)
    if (rebuild.fold.seq < rebuild.untilSeq) continue
    finishRebuild(stream, rebuild)
    return ops.slice(index + 1)
  }
  return []
}

/** Replaces the confirmed state, in memory and on disk, and puts own ops on top of it. */
function finishRebuild(stream: Stream, rebuild: Rebuild): void {
  const { plan, fold, ops } = rebuild
  const { environment, name, outbox } = stream
  const before = stream.fold.value
  const isOtherPast = stream.epoch !== NO_EPOCH && stream.epoch !== plan.epoch
  const transaction = environment.journal.stage()
  stream.rebuild = undefined
  stream.fold = fold
  stream.epoch = plan.epoch
  stream.historyBelow = Infinity
  Object.assign(stream.stored, {
    tailOps: 0,
    tailBytes: 0,
    checkpointBytes: plan.checkpoint?.state.length ?? 0,
  })
  stream.noteTail(ops)
  transaction.replaceStream(name, plan.epoch, plan.checkpoint, ops)

  if (!outbox.isEmpty) {
    const { kept, gone, carried } = sortOutbox(stream, rebuild)
    const goneThrough = new Map<ReplicaId, number>()
    for (const { op } of gone) goneThrough.set(op.replica, op.counter)
    for (const [replica, through] of goneThrough) transaction.removeOps({ stream: name, replica, through })
    // A removal takes the earlier ops of its replica along; later ones are on disk and stay there.
    for (const entry of kept) {
      if (entry.op.counter <= (goneThrough.get(entry.op.replica) ?? 0)) stream.save(entry, transaction)
    }
    for (const entry of carried) stream.save(entry, transaction)
    if (isOtherPast && carried.length > 0) stream.lastError = carriedOver(name, carried.length)
  }
  stream.carry = 'nothing'
  stream.jumped(before)
  stream.changed()
}

function carriedOver(stream: string, carried: number): FlowSyncError {
  return createError(
    'stream/epoch-changed',
    `The hub's log was reset; ${carried} unacknowledged edits were carried over to the new one.`,
    { details: { stream, carried } },
  )
}

interface SortedOutbox {
  readonly kept: readonly OutboxOp[]
  readonly gone: readonly OutboxOp[]
  readonly carried: readonly OutboxOp[]
}

/** Decides for each own op: it is in the new state, it is refused, it goes on top as it is, or it is made anew. */
function sortOutbox(stream: Stream, { plan, fold, ops, untilSeq }: Rebuild): SortedOutbox {
  const { outbox } = stream
  const places = new Map(ops.map((op) => [nameOf(op), op.seq]))
  const carrier = createCarrier(
    stream,
    fold,
    pastOf(stream, plan, ops),
    plan.keepsIds ? authorAgain(stream) : undefined,
    plan.afterPast,
  )
  const kept: OutboxOp[] = []
  const gone: OutboxOp[] = []
  const carried: OutboxOp[] = []
  const origins = new Map<string, OpId>()
  const has = ({ replica, counter }: OpId): boolean =>
    untilSeq === plan.headSeq && counter <= (plan.acknowledged.get(replica) ?? 0)
  let isCarrying = plan.carry === 'everything'
  for (const entry of [...outbox]) {
    const { op } = entry
    const place = places.get(nameOf(op))
    const isIn = place !== undefined || has(op) || has(stream.origins.get(nameOf(op)) ?? op)
    isCarrying ||= plan.carry === 'from-refused' && entry.refusal !== undefined
    if (isIn) {
      outbox.acknowledge(entry, place ?? fold.seq)
      if (plan.past !== 'same') carrier.pass(entry)
    } else if (entry.refusal) {
      carrier.pass(entry)
    } else if (isCarrying) {
      const next = carrier.carry(entry)
      if (next) {
        carried.push(next)
        const { replica, counter } = op
        origins.set(nameOf(next.op), stream.origins.get(nameOf(op)) ?? { replica, counter })
      }
    } else {
      kept.push(entry)
      carrier.pass(entry)
      putOnTop(stream, fold, entry)
      continue
    }
    gone.push(entry)
    outbox.remove(entry)
  }
  for (const entry of carried) outbox.add(entry)
  if (plan.past !== 'same' && !plan.keepsIds) stream.origins = origins
  return { kept, gone, carried }
}

function nameOf({ replica, counter }: OpId): string {
  return `${replica}${counter}`
}

/** The stream's author, as it was before it made the ops of the outbox. */
function authorAgain(stream: Stream): Author {
  const [first] = stream.outbox
  stream.author = { ...stream.author, nextCounter: first?.op.counter ?? stream.author.nextCounter }
  return stream.author
}

/** The confirmed state that own ops were made on, when they are to be made anew. */
function pastOf(
  stream: Stream,
  { past, carry, checkpoint }: RebuildPlan,
  ops: readonly SequencedOp[],
): AnyFold | undefined {
  if (carry === 'nothing' || past === 'lost') return undefined
  if (past !== 'same') return past
  const fold: AnyFold = new Fold(stream.rule, checkpoint)
  for (const op of ops) fold.receive(op)
  return fold
}

/** Shows an own op that keeps its id. */
export function putOnTop(stream: Stream, fold: AnyFold, { op }: OutboxOp): void {
  const error = attempt(() => fold.addPending(op))
  // It stays in the outbox and is sent; it shows again once the hub has placed it or older history is here.
  if (error?.code === 'op/needs-history') stream.historyBelow = Math.min(stream.historyBelow, op.base)
  else if (error && error.code !== 'op/unknown-base') stream.lastError = error
}

/** Makes own ops anew, one after the other. */
export interface Carrier {
  /** Tells that the following ops were made with this one present. */
  pass(entry: OutboxOp): void
  /** The op made anew, or undefined when nothing is left of it. */
  carry(entry: OutboxOp): OutboxOp | undefined
}

/**
 * Makes ops anew on top of `target`.
 *
 * @param source what they were made on, if that is known
 * @param known under which id; by default under a fresh one: the hub has never seen it, so its counters begin at 1
 * @param afterSource what followed on `source`, the ops themselves perhaps among it
 */
export function createCarrier(
  stream: Stream,
  target: AnyFold,
  source: AnyFold | undefined,
  known?: Author,
  afterSource: readonly SequencedOp[] = [],
): Carrier {
  const { environment, rule, outbox } = stream
  let reached = 0
  let past = source
  const reach = (base: number): void => {
    for (let op; (op = afterSource[reached]) && op.seq <= base; reached++) past?.receive(op)
  }
  let author = known
  const mint = (count: number): OpId => {
    author ??= stream.author = { replica: environment.createReplica(), nextCounter: 1 }
    const id = { replica: author.replica, counter: author.nextCounter }
    author.nextCounter += count
    return id
  }
  const make = (op: Op): Op | undefined => {
    const nextCounter = author?.nextCounter ?? 1
    try {
      if (past) return carryOver([{ op, keep: true }], past, target, mint)[0]
      return target.applyOwn(rule.decodeBody(op.body), mint(op.count)).op
    } catch (error) {
      if (author) author.nextCounter = nextCounter
      throw error
    }
  }
  return {
    pass({ op }) {
      reach(op.base)
      // What the op was made on is lost: those after it keep the positions they have.
      if (attempt(() => past?.addPending(op))) past = undefined
    },
    carry(entry) {
      const { op, owner, order, receipt } = entry
      reach(op.base)
      let made: Op | undefined
      let error = attempt(() => (made = make(op)))
      if (error && past) {
        past = undefined
        error = attempt(() => (made = make(op)))
      }
      if (made) return createOutboxOp(made, owner, order, receipt, entry)
      if (error) outbox.refuse(entry, (stream.lastError = error))
      else outbox.acknowledge(entry, target.seq)
      return undefined
    },
  }
}

/** Runs `work`; returns the error it threw on purpose. */
function attempt(work: () => void): FlowSyncError | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (isFlowSyncError(error)) return error
    throw error
  }
}
