import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import {
  createError,
  fromWireError,
  nextDelayMs,
  toWireError,
  type Feed,
  type HubMessage,
  type Pulled,
  type Pushed,
  type Refused,
  type StreamCursor,
  type Subscribed,
} from '@flowsync/protocol'
import { receiveOps } from '../stream/confirm.js'
import type { Stream } from '../stream/stream.js'
import { takeAnswer } from './answer.js'
import { createLine, cursorOf, isSettled, progressOf, type Line, type SubscribedOk } from './line.js'
import { BACKOFF, type Link } from './link.js'
import { planPush, takeResult, type SentBatch } from './pusher.js'
import { Requests } from './requests.js'

/** What is remembered of a request until it is answered. */
type Request =
  | { readonly kind: 'subscribe'; readonly asked: readonly Asked[] }
  | { readonly kind: 'push'; readonly sent: readonly SentBatch[] }
  | { readonly kind: 'pull'; readonly line: Line }
  | { readonly kind: 'unsubscribe' }

interface Asked {
  readonly line: Line
  readonly cursor: StreamCursor
  /** No own op was under way. */
  readonly isExact: boolean
}

/** Feeds may be lost. A stream nothing was heard of for this long is asked for its head. */
const QUIET_MS = 3_000
const TICK_MS = 1_000
/** Above so many quiet streams one handshake for all is cheaper than a question for each. */
const MAX_PULLS_PER_TICK = 8
const MAX_STREAMS_PER_FRAME = 256
/** How many pushes may wait for their answers. */
const PUSH_WINDOW = 8

/**
 * Keeps streams and hub in step over one connection: handshake, feed, gaps, own ops. It ends with the connection;
 * what outlives it is in the streams.
 */
export class Sync {
  private readonly lines = new Map<string, Line>()
  private readonly requests: Requests<Request>
  private readonly leaving = new Set<string>()
  /** Streams that may have something to send. */
  private readonly queued = new Set<Line>()
  private readonly link: Link
  private pushing = 0
  private isScheduled = false
  private isDraining = false
  private isDisposed = false
  private cancelTick: () => void

  /** @param lastId the last request id used on this connection */
  constructor(link: Link, lastId: number) {
    this.link = link
    this.requests = new Requests(link, lastId)
    this.cancelTick = link.system.setTimer(TICK_MS, () => this.tick())
  }

  /** True when every stream has caught up with the hub, or was refused by it. */
  get isCaughtUp(): boolean {
    return [...this.lines.values()].every(isSettled)
  }

  /** True when no answer is due. */
  get isIdle(): boolean {
    return this.requests.isEmpty
  }

  /** Follows a stream from now on. It is loaded. */
  add(stream: Stream): void {
    this.lines.set(stream.name, createLine(stream, this.link.system.nowMs()))
    this.schedule()
  }

  /** Follows a stream no more. */
  remove({ name }: Stream): void {
    const line = this.lines.get(name)
    if (!line) return
    line.cancelWait()
    this.lines.delete(name)
    this.queued.delete(line)
    this.leaving.add(name)
    this.schedule()
    this.link.onProgress()
  }

  /** The stream has ops to send. */
  queue(stream: Stream): void {
    const line = this.lines.get(stream.name)
    if (!line) return
    this.queued.add(line)
    this.schedule()
  }

  /** Asks again for what was refused: there is a new token. */
  retryFailed(): void {
    for (const line of this.lines.values()) if (line.phase === 'failed') this.ask(line)
  }

  /** The hub wants to go: nothing new is sent. */
  drain(): void {
    this.isDraining = true
  }

  dispose(): void {
    this.isDisposed = true
    this.cancelTick()
    for (const { stream, cancelWait } of this.lines.values()) {
      cancelWait()
      for (const entry of stream.outbox) entry.isSent = false
    }
  }

  /** Everything the hub says about streams. What was not asked for, or comes twice, is passed over. */
  receive(message: HubMessage): void {
    switch (message.type) {
      case 'feed':
        return this.onFeed(message)
      case 'subscribed':
        return this.onSubscribed(message)
      case 'pushed':
        return this.onPushed(message)
      case 'pulled':
        return this.onPulled(message)
      case 'unsubscribed':
        this.requests.take(message.id, 'unsubscribe')
        return
      case 'refused':
        return this.onRefused(message)
      default:
    }
  }

  private schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    queueMicrotask(() => {
      this.isScheduled = false
      if (this.isDisposed || this.isDraining) return
      this.leave()
      this.askDue()
      this.push()
    })
  }

  private leave(): void {
    const streams = [...this.leaving].filter((name) => !this.lines.has(name))
    this.leaving.clear()
    if (streams.length > 0) this.requests.send({ type: 'unsubscribe', streams }, { kind: 'unsubscribe' })
  }

  private askDue(): void {
    const due = [...this.lines.values()].filter(({ phase }) => phase === 'due')
    for (const line of due) {
      line.phase = 'asking'
      // A state that was being fetched was fetched for another question.
      line.stream.rebuild = undefined
    }
    this.subscribe(due)
  }

  private subscribe(lines: readonly Line[]): void {
    for (let start = 0; start < lines.length; start += MAX_STREAMS_PER_FRAME) {
      const asked = lines
        .slice(start, start + MAX_STREAMS_PER_FRAME)
        .map((line) => ({ line, cursor: cursorOf(line.stream), isExact: line.inFlight === 0 }))
      this.requests.send(
        { type: 'subscribe', streams: asked.map(({ cursor }) => cursor) },
        { kind: 'subscribe', asked },
      )
    }
  }

  private ask(line: Line): void {
    line.cancelWait()
    line.phase = 'due'
    this.schedule()
  }

  private askLater(line: Line, afterMs: number): void {
    line.cancelWait()
    line.phase = 'waiting'
    line.cancelWait = this.link.system.setTimer(afterMs, () => this.ask(line))
  }

  private backoffMs(line: Line, error: FlowSyncError): number {
    const { retryAfterMs } = error.details
    const least = typeof retryAfterMs === 'number' ? retryAfterMs : 0
    return Math.max(least, nextDelayMs(line.attempt++, this.link.system.random(), BACKOFF))
  }

  private onSubscribed({ id, results }: Subscribed): void {
    const request = this.requests.take(id, 'subscribe')
    request?.asked.forEach((asked, index) => {
      const result = results[index]
      if (!this.isCurrent(asked.line)) return
      if (result?.kind === 'ok') this.onOpened(asked, result)
      else this.onNotOpened(asked.line, result ? fromWireError(result.error) : noResult())
    })
    if (request) this.link.onProgress()
  }

  private onOpened({ line, cursor, isExact }: Asked, answer: SubscribedOk): void {
    const { stream } = line
    const isCurrent = (): boolean => !this.isDisposed && this.isCurrent(line)
    const proceed = (): void => {
      line.phase = 'open'
      this.follow(line)
    }
    this.heard(line, answer.headSeq)
    stream.access = answer.access
    stream.failure = undefined
    if (line.trouble === stream.lastError) stream.lastError = undefined
    stream.changed()
    try {
      const pending = takeAnswer(stream, cursor, answer, isExact && line.inFlight === 0, isCurrent)
      if (!pending) return proceed()
      line.phase = 'asking'
      void pending.then(
        () => isCurrent() && proceed(),
        (error: unknown) => this.onUnreadable(line, error),
      )
    } catch (error) {
      this.onUnreadable(line, error)
    }
  }

  private onUnreadable(line: Line, error: unknown): void {
    if (!isFlowSyncError(error)) return this.link.onBroken(error as Error)
    this.onNotOpened(line, error)
    this.link.onProgress()
  }

  private onNotOpened(line: Line, error: FlowSyncError): void {
    const { stream } = line
    if (error.retryable) {
      stream.lastError = line.trouble = error
      this.askLater(line, this.backoffMs(line, error))
    } else {
      line.phase = 'failed'
      stream.failure = error
    }
    stream.changed()
  }

  private isCurrent(line: Line): boolean {
    return this.lines.get(line.stream.name) === line
  }

  private heard(line: Line, headSeq: number): void {
    line.heardMs = this.link.system.nowMs()
    line.headSeq = Math.max(line.headSeq, headSeq)
  }

  /** Does what is next after anything was heard of a stream: older history, the rest of its ops, or nothing. */
  private follow(line: Line): void {
    const { stream } = line
    if (line.phase !== 'open') return
    if (stream.historyBelow < Infinity || stream.carry !== 'nothing' || hasStrayOp(line)) {
      if (line.inFlight === 0) this.ask(line)
      return
    }
    if (progressOf(stream).seq < line.headSeq) this.pull(line)
    if (stream.outbox.isEmpty) {
      line.attempt = 0
      return
    }
    this.queued.add(line)
    this.schedule()
  }

  private pull(line: Line): void {
    if (line.isPulling || this.isDraining) return
    line.isPulling = true
    const { epoch, seq } = progressOf(line.stream)
    this.requests.send(
      { type: 'pull', stream: line.stream.name, epoch, afterSeq: seq },
      { kind: 'pull', line },
    )
  }

  private onPulled({ id, epoch, headSeq, ops }: Pulled): void {
    const request = this.requests.take(id, 'pull')
    if (!request) return
    const { line } = request
    line.isPulling = false
    if (!this.isCurrent(line) || line.phase !== 'open') return
    const { stream } = line
    if (epoch !== progressOf(stream).epoch) return this.ask(line)
    // What the hub says now counts more than what it said before.
    line.headSeq = headSeq
    this.heard(line, headSeq)
    const { seq } = progressOf(stream)
    receiveOps(stream, ops)
    // A hub that has more and sends nothing is asked again when the stream is found quiet.
    if (progressOf(stream).seq > seq || seq >= headSeq || stream.historyBelow < Infinity) this.follow(line)
    this.link.onProgress()
  }

  private onFeed({ stream: name, epoch, ops }: Feed): void {
    const line = this.lines.get(name)
    const last = ops.at(-1)
    if (!line || !last) return
    this.heard(line, last.seq)
    if (line.phase !== 'open') return
    if (epoch !== progressOf(line.stream).epoch) return this.ask(line)
    receiveOps(line.stream, ops)
    this.follow(line)
    this.link.onProgress()
  }

  private push(): void {
    while (this.pushing < PUSH_WINDOW && this.queued.size > 0) {
      const plan = planPush(this.queued, this.link.limits)
      if (!plan) {
        const stopped = [...this.queued].filter(({ repair }) => repair)
        this.queued.clear()
        for (const line of stopped) this.settle(line)
        return
      }
      this.pushing++
      this.requests.send({ type: 'push', batches: plan.batches }, { kind: 'push', sent: plan.sent })
    }
  }

  private onPushed({ id, results }: Pushed): void {
    const request = this.requests.take(id, 'push')
    if (!request) return
    this.pushing--
    request.sent.forEach((sent, index) => {
      const { line } = sent
      const result = results[index]
      if (!this.isCurrent(line)) return
      line.heardMs = this.link.system.nowMs()
      if (result?.kind === 'failed' && this.isUnannounced(result.error.code, sent)) {
        return this.link.onBroken(fromWireError(result.error))
      }
      takeResult(
        sent,
        result ?? { kind: 'failed', stream: line.stream.name, error: toWireError(noResult()) },
        (error) => this.backoffMs(line, error),
      )
      this.settle(line)
    })
    this.schedule()
    this.link.onProgress()
  }

  /** A hub may know only the replicas that `hello` named; a new connection names them all. */
  private isUnannounced(code: string, { entries }: SentBatch): boolean {
    return code === 'op/replica-foreign' && entries.some(({ op }) => !this.link.announced.has(op.replica))
  }

  /** Once nothing of a stream is under way, repairs what failed. */
  private settle(line: Line): void {
    if (line.inFlight > 0) return
    if (!line.repair) return this.follow(line)
    const { afterMs } = line.repair
    line.repair = undefined
    for (const entry of line.stream.outbox) entry.isSent = false
    if (afterMs > 0) this.askLater(line, afterMs)
    else this.ask(line)
  }

  private onRefused({ id, error }: Refused): void {
    const request = this.requests.peek(id)
    if (request?.kind === 'push') {
      return this.onPushed({
        type: 'pushed',
        id,
        results: request.sent.map(({ line }) => ({ kind: 'failed', stream: line.stream.name, error })),
      })
    }
    const cause = fromWireError(error)
    for (const { line } of this.requests.take(id, 'subscribe')?.asked ?? []) {
      if (this.isCurrent(line)) this.onNotOpened(line, cause)
    }
    const line = this.requests.take(id, 'pull')?.line
    if (line && this.isCurrent(line)) {
      line.isPulling = false
      if (cause.code === 'stream/epoch-changed' || !cause.retryable) this.ask(line)
      else this.askLater(line, this.backoffMs(line, cause))
    }
    this.link.onProgress()
  }

  private tick(): void {
    this.cancelTick = this.link.system.setTimer(TICK_MS, () => this.tick())
    if (this.requests.isOverdue) {
      return this.link.onBroken(createError('network/timeout', 'The hub did not answer in time.'))
    }
    if (this.isDraining) return
    const nowMs = this.link.system.nowMs()
    const quiet = [...this.lines.values()].filter(
      ({ phase, isPulling, heardMs }) => phase === 'open' && !isPulling && nowMs - heardMs >= QUIET_MS,
    )
    for (const line of quiet) line.heardMs = nowMs
    if (quiet.length <= MAX_PULLS_PER_TICK) for (const line of quiet) this.pull(line)
    else this.subscribe(quiet)
  }
}

/** An op that the hub is known to have had before the point that was caught up with, and that was not seen coming. */
function hasStrayOp({ stream, headSeq, inFlight }: Line): boolean {
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

function noResult(): FlowSyncError {
  return createError('codec/malformed', 'The hub answered with too few results.')
}
