import type { FlowSyncError, ReplicaId } from '@flowsync/crdt'
import {
  createError,
  nextDelayMs,
  type OutboxRange,
  type StreamCursor,
  type SubscribedResult,
  type System,
} from '@flowsync/protocol'
import type { Stream } from '../stream/stream.js'

/** Where one stream stands on one connection. */
export interface Line {
  readonly stream: Stream
  phase:
    /** Will be asked for with the next frame. */
    | 'due'
    /** The hub was asked. */
    | 'asking'
    /** Subscribed: ops come, own ops may go. */
    | 'open'
    /** Asked again after a while. */
    | 'waiting'
    /** Refused for good, as far as this connection goes. */
    | 'failed'
  /** When the hub last said anything about the stream. */
  heardMs: number
  /** The highest seq that the hub is known to have. */
  headSeq: number
  isPulling: boolean
  /** Batches sent and not answered. */
  inFlight: number
  /** A batch failed: once the others are answered, ask again, after a wait when it is above 0. */
  repair: { readonly afterMs: number } | undefined
  /** Failures in a row, for backoff. */
  attempt: number
  /** One op at a time, to find the one that is refused. */
  isSingle: boolean
  /** The error that its `lastError` shows until the hub answers. */
  trouble: FlowSyncError | undefined
  cancelWait: () => void
}

export type SubscribedOk = Extract<SubscribedResult, { readonly kind: 'ok' }>

export function createLine(stream: Stream, nowMs: number): Line {
  return {
    stream,
    phase: 'due',
    heardMs: nowMs,
    headSeq: 0,
    isPulling: false,
    inFlight: 0,
    repair: undefined,
    attempt: 0,
    isSingle: false,
    trouble: undefined,
    cancelWait: () => undefined,
  }
}

/** The most replicas that one handshake may name. */
const MAX_RANGES = 512

/** What the handshake says about a stream. */
export function cursorOf(stream: Stream): StreamCursor {
  const { rule, outbox, author, origins } = stream
  const ranges = new Map<ReplicaId, OutboxRange>()
  const askFor = (replica: ReplicaId, last: number): void => {
    if (last > 0) ranges.set(replica, { replica, from: last, through: last })
  }
  for (const { replica, counter } of origins.values()) askFor(replica, counter)
  // A log that was restored from a backup may lack what it acknowledged.
  askFor(author.replica, author.nextCounter - 1)
  for (const range of outbox.ranges()) ranges.set(range.replica, range)
  const history = stream.carry === 'nothing' ? stream.historyBelow : 0
  const below = history < Infinity ? Math.min(stream.historyBelow, outbox.minBase) : Infinity
  return {
    stream: stream.name,
    rule: rule.name,
    ruleVersion: rule.version,
    epoch: stream.epoch,
    seq: stream.fold.seq,
    outbox: [...ranges.values()].slice(-MAX_RANGES),
    rebuildBelow: below < Infinity ? below : undefined,
  }
}

/** How far the confirmed state has come that the hub is being followed with. */
export function progressOf({ fold, epoch, rebuild }: Stream): {
  readonly epoch: string
  readonly seq: number
} {
  return rebuild ? { epoch: rebuild.plan.epoch, seq: rebuild.fold.seq } : { epoch, seq: fold.seq }
}

/** True when nothing is left to be fetched or asked. */
export function isSettled({ phase, stream, headSeq }: Line): boolean {
  if (phase === 'failed') return true
  const { rebuild, carry, historyBelow, fold } = stream
  return (
    phase === 'open' && !rebuild && carry === 'nothing' && historyBelow === Infinity && fold.seq >= headSeq
  )
}

/** Notes that the hub spoke of the stream. */
export function hearOf(line: Line, headSeq: number, nowMs: number): void {
  line.heardMs = nowMs
  line.headSeq = Math.max(line.headSeq, headSeq)
}

/** An op that the hub is known to have had before the point that was caught up with, and that was not seen coming. */
export function hasStrayOp({ stream, headSeq, inFlight }: Line): boolean {
  if (inFlight > 0 || stream.rebuild || stream.fold.seq < headSeq) return false
  for (const { isAcked, seq } of stream.outbox) {
    if (!isAcked) return false
    if (seq <= stream.fold.seq) {
      stream.historyBelow = stream.outbox.minBase
      return true
    }
  }
  return false
}

/**
 * How the waits of one stream grow. They end sooner than those between connections: a stream that waits hears nothing of others either,
 * and what the hub can do again must be shown within 5 s.
 */
const LINE_BACKOFF = { baseMs: 500, capMs: 3_000 } as const

/** How long to wait before a stream is asked for again, at least as long as the hub said. */
export function backoffMs(line: Line, system: System, error: FlowSyncError): number {
  const { retryAfterMs } = error.details
  const least = typeof retryAfterMs === 'number' ? retryAfterMs : 0
  return Math.max(least, nextDelayMs(line.attempt++, system.random(), LINE_BACKOFF))
}

/** The error of a hub that answered for fewer streams than it was asked for. */
export function noResult(): FlowSyncError {
  return createError('codec/malformed', 'The hub answered with too few results.')
}
