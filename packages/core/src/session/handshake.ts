import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import { fromWireError, type Subscribed } from '@flowsync/protocol'
import { takeAnswer } from './answer.js'
import { backoffMs, cursorOf, hearOf, noResult, type Line, type SubscribedOk } from './line.js'
import type { Link } from './link.js'
import type { Asked, Request } from './request.js'
import type { Requests } from './requests.js'

const MAX_STREAMS_PER_FRAME = 256

/** What a handshake needs to know and do about lines. */
export interface HandshakeLines {
  /** Whether the line is still being followed. */
  readonly isCurrent: (line: Line) => boolean
  /** Does what is next for a line that is open. */
  readonly follow: (line: Line) => void
  /** Sends what is due, soon. */
  readonly schedule: () => void
}

/** Opens streams on a connection: tells the hub where this client stands, and takes over what it answers. */
export class Handshake {
  private readonly link: Link
  private readonly requests: Requests<Request>
  private readonly lines: HandshakeLines

  constructor(link: Link, requests: Requests<Request>, lines: HandshakeLines) {
    this.link = link
    this.requests = requests
    this.lines = lines
  }

  /** Asks for all lines that are due, in as few frames as possible. */
  sendDue(lines: Iterable<Line>): void {
    const due = [...lines].filter(({ phase }) => phase === 'due')
    for (const line of due) {
      line.phase = 'asking'
      // A state that was being fetched was fetched for another question.
      line.stream.rebuild = undefined
    }
    this.send(due)
  }

  /** Asks for lines without taking them off whatever they are doing. */
  send(lines: readonly Line[]): void {
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

  /** Makes the handshake of a line again, at once or after a while. */
  ask(line: Line, afterMs = 0): void {
    line.cancelWait()
    if (afterMs > 0) {
      line.phase = 'waiting'
      line.cancelWait = this.link.system.setTimer(afterMs, () => this.ask(line))
    } else {
      line.phase = 'due'
      this.lines.schedule()
    }
  }

  /** Takes over the answer to a handshake. What nobody waits for is passed over. */
  onSubscribed({ id, results }: Subscribed): void {
    const request = this.requests.take(id, 'subscribe')
    request?.asked.forEach((asked, index) => {
      const result = results[index]
      if (!this.lines.isCurrent(asked.line)) return
      if (result?.kind === 'ok') this.onOpened(asked, result)
      else this.onNotOpened(asked.line, result ? fromWireError(result.error) : noResult())
    })
  }

  private onOpened({ line, cursor, isExact }: Asked, answer: SubscribedOk): void {
    const { stream } = line
    const isCurrent = (): boolean => this.lines.isCurrent(line)
    const proceed = (): void => {
      line.phase = 'open'
      this.lines.follow(line)
    }
    hearOf(line, answer.headSeq, this.link.system.nowMs())
    stream.access = answer.access
    stream.failure = undefined
    if (line.trouble === stream.lastError) stream.lastError = undefined
    stream.changed()
    try {
      const pending = takeAnswer(stream, cursor, answer, isExact && line.inFlight === 0, isCurrent)
      if (!pending) return proceed()
      line.phase = 'asking'
      void pending.then(
        () => {
          if (!isCurrent()) return
          proceed()
          this.link.onProgress()
        },
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
      this.ask(line, backoffMs(line, this.link.system, error))
    } else {
      line.phase = 'failed'
      stream.failure = error
    }
    stream.changed()
  }

  /** Takes over that a handshake was refused as a whole. */
  onRefused(id: number, error: FlowSyncError): void {
    for (const { line } of this.requests.take(id, 'subscribe')?.asked ?? []) {
      if (this.lines.isCurrent(line)) this.onNotOpened(line, error)
    }
  }
}
