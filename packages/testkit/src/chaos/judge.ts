import { isDeepStrictEqual } from 'node:util'
import type { FinalStream, ReceiptAck } from './evidence.js'
import { checkHistories } from './check-history.js'
import { checkLog } from './check-log.js'
import type { AuthorResult } from './fleet.js'
import type { Ledger } from './ledger.js'
import { measureLag, type Lag } from './measure-lag.js'
import type { StreamLog } from './stream-log.js'
import type { TimeSpan } from './time-spans.js'

/** A client that is connected shows what was acknowledged within this time, as G4 promises. */
const LAG_LIMIT_MS = 5_000
/**
 * How long a client may stay away although nothing is in its way: the longest wait of its backoff (10 s, after several attempts in a row that
 * failed) and 2 s for connecting and the handshake on a machine that does all of this at once.
 */
const AWAY_LIMIT_MS = 12_000
/** After everything is well again, queues are empty within this time, as G17 promises. */
export const DRAIN_LIMIT_MS = 30_000

/** All that is known at the end of a run. */
export interface Evidence {
  readonly ledger: Ledger
  readonly logs: readonly StreamLog[]
  readonly results: ReadonlyMap<number, AuthorResult>
  readonly obstacles: ReadonlyMap<number, readonly TimeSpan[]>
  readonly isDrained: boolean
  readonly startMs: number
  readonly endMs: number
}

/** What the comparison has found. */
export interface Judgement {
  readonly lost: number
  readonly doubled: number
  /** How many streams of how many clients differ from the fold of the log. */
  readonly diverged: number
  readonly lag: Lag
  readonly problems: readonly string[]
}

/** Compares what was promised with what is stored and what was shown. */
export function judge({ ledger, logs, results, obstacles, isDrained, startMs, endMs }: Evidence): Judgement {
  const verdicts = logs.flatMap((log) => {
    const promises = ledger.streams.get(log.stream)
    return promises ? [checkLog(log, promises, isDrained)] : []
  })
  const batches = [...ledger.streams.values()].flatMap((promises) => promises.batches)
  const receipts: ReceiptAck[] = [...ledger.streams.values()].flatMap((promises) => promises.receipts)
  const histories = [...results.values()].map(({ history }) => history)
  const differences = [...results].flatMap(([author, { streams }]) =>
    logs.flatMap((log) => (streams.length === 0 ? [] : compareFinal(author, log, streams))),
  )
  const lag = measureLag({ histories, receipts, obstacles, startMs, endMs })
  return {
    lost: verdicts.reduce((sum, { lost }) => sum + lost, 0),
    doubled: verdicts.reduce((sum, { doubled }) => sum + doubled, 0),
    diverged: differences.length,
    lag,
    problems: [
      ...ledger.problems,
      ...verdicts.flatMap(({ problems }) => problems),
      ...checkHistories(histories, batches),
      ...differences,
      ...lateness(lag),
    ],
  }
}

function compareFinal(author: number, log: StreamLog, streams: readonly FinalStream[]): string[] {
  const final = streams.find(({ stream }) => stream === log.stream)
  const where = `G3: author ${author}: ${log.stream}`
  if (!final) return [`${where} is missing, or has edits that were never acknowledged`]
  if (final.epoch !== log.epoch) return [`${where} is in epoch ${final.epoch}, the log in ${log.epoch}`]
  if (final.seq !== log.ops.length) return [`${where} ends at seq ${final.seq}, the log at ${log.ops.length}`]
  if (!Buffer.from(final.state, 'base64').equals(log.state))
    return [`${where} has other bytes than the fold of the log`]
  const value = log.value instanceof Set ? [...(log.value as ReadonlySet<unknown>)] : log.value
  return isDeepStrictEqual(final.value, value)
    ? []
    : [`${where} shows another value than the fold of the log`]
}

function lateness({ longestMs, where, longestAwayMs, away }: Lag): string[] {
  const problems: string[] = []
  if (longestMs > LAG_LIMIT_MS)
    problems.push(`G4: ${where}, for ${Math.round(longestMs)} ms without anything in its way`)
  if (longestAwayMs > AWAY_LIMIT_MS) {
    problems.push(`G4: ${away}, had no hub for ${Math.round(longestAwayMs)} ms without anything in its way`)
  }
  return problems
}
