import type { History, ReceiptAck } from './evidence.js'
import { markOf } from './marks.js'
import { joinSpans, longestOutside, SpanRecorder, type TimeSpan } from './time-spans.js'

/** How far behind clients were. */
export interface Lag {
  /** The longest time that a client was connected, nothing stood in its way, and it did not show what was acknowledged to somebody. */
  readonly longestMs: number
  /** Whose that was. */
  readonly where: string
  /** The longest time that a client stayed away from its hub though nothing stood in its way. */
  readonly longestAwayMs: number
  readonly away: string
  /** In what part of their time clients were connected with nothing in their way: what lag was measured over, 0 to 1. */
  readonly watchedShare: number
}

/** What was told, what was shown, and what was in the way, on one clock. */
export interface LagEvidence {
  readonly histories: readonly History[]
  readonly receipts: readonly ReceiptAck[]
  /** By author: when something stood between it and the log, such as a dead hub, a paused store, a cut link or its own sleep. In order. */
  readonly obstacles: ReadonlyMap<number, readonly TimeSpan[]>
  readonly startMs: number
  /** What was not seen by then is behind until then. */
  readonly endMs: number
}

/** Measures lag (G4) from what was acknowledged when and what was shown when. */
export function measureLag({ histories, receipts, obstacles, startMs, endMs }: LagEvidence): Lag {
  let lag: Lag = { longestMs: 0, where: 'nobody', longestAwayMs: 0, away: 'nobody', watchedShare: 0 }
  let watchedMs = 0
  let readers = 0
  for (const history of histories) {
    const { author, events } = history
    if (!events.some(({ kind }) => kind === 'see')) continue
    const inTheWay = joinSpans(obstacles.get(author) ?? [])
    const unlinked = awaySpans(history, startMs, endMs)
    for (const span of unlinked) {
      const ms = longestOutside(span, inTheWay)
      if (ms > lag.longestAwayMs)
        lag = { ...lag, longestAwayMs: ms, away: `author ${author}, ${since(span.fromMs, startMs)}` }
    }
    const blind = joinSpans([...inTheWay, ...unlinked])
    readers++
    watchedMs += endMs - startMs - blind.reduce((sum, span) => sum + lengthWithin(span, startMs, endMs), 0)
    const seenAtMs = firstSights(history)
    for (const ack of receipts) {
      if (ack.author === author || ack.n === 0) continue
      const toMs = seenAtMs(ack.stream, ack.author, ack.n) ?? endMs
      if (toMs - ack.atMs <= lag.longestMs) continue
      const ms = longestOutside({ fromMs: ack.atMs, toMs }, blind)
      if (ms <= lag.longestMs) continue
      const what = `${markOf(ack.author, ack.n)} of ${ack.stream}, acknowledged ${since(ack.atMs, startMs)}`
      lag = { ...lag, longestMs: ms, where: `author ${author} lacked ${what}` }
    }
  }
  return { ...lag, watchedShare: readers === 0 ? 0 : watchedMs / readers / (endMs - startMs) }
}

function lengthWithin({ fromMs, toMs }: TimeSpan, startMs: number, endMs: number): number {
  return Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, startMs))
}

function since(atMs: number, startMs: number): string {
  return `${((atMs - startMs) / 1000).toFixed(1)} s into the run`
}

/** When a client had no hub. */
function awaySpans({ events }: History, startMs: number, endMs: number): TimeSpan[] {
  const recorder = new SpanRecorder()
  const [first] = events.filter((event) => event.kind === 'link')
  if (!first || first.atMs > startMs) recorder.note(true, startMs)
  for (const event of events) if (event.kind === 'link') recorder.note(!event.isUp, event.atMs)
  return recorder.spans(endMs)
}

/** Looks up when a client was first shown an edit. */
function firstSights({ events }: History): (stream: string, author: number, n: number) => number | undefined {
  const sights = new Map<string, number[]>()
  for (const event of events) {
    if (event.kind !== 'see') continue
    for (const [author, n] of event.known.entries()) {
      const key = `${event.stream}/${author}`
      const times = sights.get(key) ?? []
      while (times.length < n) times.push(event.atMs)
      sights.set(key, times)
    }
  }
  return (stream, author, n) => sights.get(`${stream}/${author}`)?.[n - 1]
}
