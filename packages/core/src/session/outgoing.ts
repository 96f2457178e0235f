import type { FlowSyncError } from '@flowsync/crdt'
import { fromWireError, type Pushed, type WireError } from '@flowsync/protocol'
import { backoffMs, noResult, type Line } from './line.js'
import type { Link } from './link.js'
import { planPush, takeRefusal, takeSeqs, type SentBatch } from './pusher.js'
import type { Request } from './request.js'
import type { Requests } from './requests.js'

/** How many pushes may wait for their answers. */
const PUSH_WINDOW = 8

/** What sending needs to know and do about lines. */
export interface Lines {
  /** Whether the line is still being followed. */
  readonly isCurrent: (line: Line) => boolean
  /** Does what is next for a line of which nothing is under way. */
  readonly follow: (line: Line) => void
  /** Makes the handshake again, at once or after a while. */
  readonly ask: (line: Line, afterMs: number) => void
}

/** Sends own ops over one connection, in order, several pushes ahead of their answers. */
export class Outgoing {
  /** Streams that may have something to send. */
  private readonly queued = new Set<Line>()
  private readonly link: Link
  private readonly requests: Requests<Request>
  private readonly lines: Lines
  private pushing = 0

  constructor(link: Link, requests: Requests<Request>, lines: Lines) {
    this.link = link
    this.requests = requests
    this.lines = lines
  }

  add(line: Line): void {
    this.queued.add(line)
  }

  remove(line: Line): void {
    this.queued.delete(line)
  }

  /** Sends what is due, as much as the window lets through. */
  flush(): void {
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

  /** Takes over what became of a push. What nobody waits for is passed over. */
  onPushed({ id, results }: Pushed): void {
    const request = this.requests.take(id, 'push')
    if (!request) return
    this.pushing--
    request.sent.forEach((sent, index) => {
      const { line } = sent
      const result = results[index]
      if (!this.lines.isCurrent(line)) return
      line.heardMs = this.link.system.nowMs()
      const error = result?.kind === 'ok' ? undefined : result ? fromWireError(result.error) : noResult()
      if (error && this.isUnannounced(error, sent)) return this.link.onBroken(error)
      if (result?.kind === 'ok') takeSeqs(sent, result.seqs)
      else if (error) takeRefusal(sent, error, () => backoffMs(line, this.link.system, error))
      this.settle(line)
    })
  }

  /** Takes over that a push was refused as a whole. */
  onRefused(id: number, error: WireError): void {
    const request = this.requests.peek(id)
    if (request?.kind !== 'push') return
    const results = request.sent.map(
      ({ line }) => ({ kind: 'failed', stream: line.stream.name, error }) as const,
    )
    this.onPushed({ type: 'pushed', id, results })
  }

  /** A hub may know only the replicas that `hello` named; a new connection names them all. */
  private isUnannounced({ code }: FlowSyncError, { entries }: SentBatch): boolean {
    return code === 'op/replica-foreign' && entries.some(({ op }) => !this.link.announced.has(op.replica))
  }

  /** Once nothing of a stream is under way, repairs what failed. */
  private settle(line: Line): void {
    if (line.inFlight > 0) return
    if (!line.repair) return this.lines.follow(line)
    const { afterMs } = line.repair
    line.repair = undefined
    for (const entry of line.stream.outbox) entry.isSent = false
    this.lines.ask(line, afterMs)
  }
}
