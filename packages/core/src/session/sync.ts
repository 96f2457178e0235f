import { fromWireError, type Feed, type HubMessage, type Pulled, type Refused } from '@flowsync/protocol'
import { receiveOps } from '../stream/confirm.js'
import type { Stream } from '../stream/stream.js'
import { Handshake } from './handshake.js'
import { startHeartbeat } from './heartbeat.js'
import { backoffMs, createLine, hasStrayOp, hearOf, isSettled, progressOf, type Line } from './line.js'
import type { Link } from './link.js'
import { Outgoing } from './outgoing.js'
import type { Request } from './request.js'
import { Requests } from './requests.js'

/** Above so many quiet streams one handshake for all is cheaper than a question for each. */
const MAX_PULLS_PER_TICK = 8

/**
 * Keeps streams and hub in step over one connection: handshake, feed, gaps, own ops. It ends with the connection;
 * what outlives it is in the streams.
 */
export class Sync {
  private readonly lines = new Map<string, Line>()
  private readonly requests: Requests<Request>
  private readonly leaving = new Set<string>()
  private readonly handshake: Handshake
  private readonly outgoing: Outgoing
  private readonly link: Link
  private isScheduled = false
  private isDraining = false
  private isDisposed = false
  private readonly stopHeartbeat: () => void

  /** @param lastId the last request id used on this connection */
  constructor(link: Link, lastId: number) {
    this.link = link
    this.requests = new Requests(link, lastId)
    const isCurrent = (line: Line): boolean => !this.isDisposed && this.lines.get(line.stream.name) === line
    const follow = (line: Line): void => this.follow(line)
    this.handshake = new Handshake(link, this.requests, {
      isCurrent,
      follow,
      schedule: () => this.schedule(),
    })
    this.outgoing = new Outgoing(link, this.requests, {
      isCurrent,
      follow,
      ask: (line, afterMs) => this.handshake.ask(line, afterMs),
    })
    this.stopHeartbeat = startHeartbeat(link, {
      isOverdue: () => this.requests.isOverdue,
      lines: () => this.lines.values(),
      onQuiet: (lines) => this.onQuiet(lines),
    })
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
    this.outgoing.remove(line)
    this.leaving.add(name)
    this.schedule()
    this.link.onProgress()
  }

  /** The stream has ops to send. */
  queue(stream: Stream): void {
    const line = this.lines.get(stream.name)
    if (!line) return
    this.outgoing.add(line)
    this.schedule()
  }

  /** There is a new token: asks again for what was refused and for what may only be read. */
  retryDenied(): void {
    for (const line of this.lines.values()) if (isDenied(line)) this.handshake.ask(line)
  }

  /** The hub wants to go: nothing new is sent. */
  drain(): void {
    this.isDraining = true
  }

  dispose(): void {
    this.isDisposed = true
    this.stopHeartbeat()
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
        this.handshake.onSubscribed(message)
        return this.link.onProgress()
      case 'pushed':
        this.outgoing.onPushed(message)
        return this.progress()
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

  /** More may be sent now, and something may have been caught up with. */
  private progress(): void {
    this.schedule()
    this.link.onProgress()
  }

  private schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    queueMicrotask(() => {
      this.isScheduled = false
      if (this.isDisposed || this.isDraining) return
      this.leave()
      this.handshake.sendDue(this.lines.values())
      this.outgoing.flush()
    })
  }

  private leave(): void {
    const streams = [...this.leaving].filter((name) => !this.lines.has(name))
    this.leaving.clear()
    if (streams.length > 0) this.requests.send({ type: 'unsubscribe', streams }, { kind: 'unsubscribe' })
  }

  private isCurrent(line: Line): boolean {
    return this.lines.get(line.stream.name) === line
  }

  private heard(line: Line, headSeq: number): void {
    hearOf(line, headSeq, this.link.system.nowMs())
  }

  /** Does what is next after anything was heard of a stream: older history, the rest of its ops, or nothing. */
  private follow(line: Line): void {
    const { stream } = line
    if (line.phase !== 'open') return
    if (stream.historyBelow < Infinity || stream.carry !== 'nothing' || hasStrayOp(line)) {
      if (line.inFlight === 0) this.handshake.ask(line)
      return
    }
    if (progressOf(stream).seq < line.headSeq) this.pull(line)
    if (stream.outbox.isEmpty) {
      line.attempt = 0
      return
    }
    this.outgoing.add(line)
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
    if (epoch !== progressOf(stream).epoch) return this.handshake.ask(line)
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
    if (epoch !== progressOf(line.stream).epoch) return this.handshake.ask(line)
    receiveOps(line.stream, ops)
    this.follow(line)
    this.link.onProgress()
  }

  private onRefused({ id, error }: Refused): void {
    this.outgoing.onRefused(id, error)
    const cause = fromWireError(error)
    this.handshake.onRefused(id, cause)
    // Feeds of streams that are not followed are passed over: there is no need to insist.
    this.requests.take(id, 'unsubscribe')
    const line = this.requests.take(id, 'pull')?.line
    if (line && this.isCurrent(line)) {
      line.isPulling = false
      if (cause.code === 'stream/epoch-changed' || !cause.retryable) this.handshake.ask(line)
      else this.handshake.ask(line, backoffMs(line, this.link.system, cause))
    }
    this.progress()
  }

  /** Nothing was heard of these streams for a while: feeds may be lost. */
  private onQuiet(lines: readonly Line[]): void {
    if (this.isDraining) return
    if (lines.length <= MAX_PULLS_PER_TICK) for (const line of lines) this.pull(line)
    else this.handshake.send(lines)
  }
}

function isDenied({ phase, stream }: Line): boolean {
  return phase === 'failed' || (phase === 'open' && stream.access === 'read')
}
