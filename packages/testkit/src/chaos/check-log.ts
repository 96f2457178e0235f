import { checkDense } from '../simulator/log-checks.js'
import type { Batch } from './evidence.js'
import type { StreamPromises } from './ledger.js'
import { markOf } from './marks.js'
import type { StreamLog } from './stream-log.js'

/** What a comparison of a log with what was promised has found. */
export interface LogVerdict {
  /** Ops that were acknowledged, or made and not waiting anywhere, and that are not where they were said to be. */
  readonly lost: number
  /** Edits that took effect more than once. */
  readonly doubled: number
  readonly problems: readonly string[]
}

/**
 * Compares a stream's log with what was promised (G1, G2, G6): every acknowledged op is at its seq, every edit in the log once, in its
 * author's order, batches in one piece; seqs and counters are dense.
 *
 * @param isDrained whether nothing waits in any queue, so that whatever was made must be there
 */
export function checkLog(log: StreamLog, promises: StreamPromises, isDrained: boolean): LogVerdict {
  const { stream } = log
  const places = placesOf(log)
  const lostAcks = [...lostOfAcks(log, promises), ...lostOfClaims(log, promises)]
  const lostEdits = [...lostOfReceipts(log, promises), ...(isDrained ? lostOfMade(places, promises) : [])]
  const doubled = [...places].filter(([, seqs]) => seqs.length > 1)
  const problems = [
    ...checkDense(log.ops),
    ...lostAcks,
    ...lostEdits,
    ...doubled.map(([mark, seqs]) => `G2: ${mark} took effect ${seqs.length} times, at ${seqs.join(', ')}`),
    ...checkOrder(log),
    ...promises.batches.flatMap((batch) => checkBatch(batch, places)),
  ]
  return {
    lost: Math.max(lostAcks.length, new Set(lostEdits).size),
    doubled: doubled.length,
    problems: [...log.problems, ...new Set(problems.map((problem) => `${stream}: ${problem}`))],
  }
}

function placesOf({ marks }: StreamLog): Map<string, number[]> {
  const places = new Map<string, number[]>()
  for (const [index, mark] of marks.entries()) {
    if (!mark) continue
    const name = markOf(mark.author, mark.n)
    places.set(name, [...(places.get(name) ?? []), index + 1])
  }
  return places
}

function lostOfAcks({ ops, epoch }: StreamLog, { acks }: StreamPromises): string[] {
  return [...acks.values()].flatMap((ack) => {
    const op = ops[ack.seq - 1]
    const name = `counter ${ack.counter} of ${ack.replica.slice(0, 6)}`
    if (ack.epoch !== epoch)
      return [`G1: ${name} was acknowledged in epoch ${ack.epoch} and the stream is in ${epoch}`]
    if (op?.replica === ack.replica && op.counter === ack.counter) return []
    const found = ops.find(({ replica, counter }) => replica === ack.replica && counter === ack.counter)
    return [`G1: ${name} was acknowledged at seq ${ack.seq} and is at ${found?.seq ?? 'no place'}`]
  })
}

function lostOfClaims({ ops }: StreamLog, { claims }: StreamPromises): string[] {
  const held = new Map<string, number>()
  for (const { replica, counter, count } of ops) held.set(replica, counter + count - 1)
  return [...claims.values()].flatMap(({ replica, through }) => {
    const last = held.get(replica) ?? 0
    if (last >= through) return []
    return [`G1: the hub said that it had ${through} of ${replica.slice(0, 6)} and the log has ${last}`]
  })
}

function lostOfReceipts({ marks }: StreamLog, { receipts }: StreamPromises): string[] {
  return receipts.flatMap(({ author, n, seq }) => {
    const mark = marks[seq - 1]
    const isThere = n === 0 ? seq <= marks.length : mark?.author === author && mark.n === n
    return isThere ? [] : [`G1: the receipt of ${markOf(author, n)} named seq ${seq} and it is not there`]
  })
}

function lostOfMade(places: ReadonlyMap<string, readonly number[]>, { made }: StreamPromises): string[] {
  return [...made].flatMap(([author, count]) =>
    Array.from({ length: count }, (_, index) => markOf(author, index + 1))
      .filter((mark) => !places.has(mark))
      .map((mark) => `G2: ${mark} was made, waits nowhere and never took effect`),
  )
}

function checkOrder({ marks }: StreamLog): string[] {
  const last = new Map<number, number>()
  return marks.flatMap((mark) => {
    if (!mark) return []
    const former = last.get(mark.author) ?? 0
    last.set(mark.author, mark.n)
    return mark.n > former
      ? []
      : [`G2: ${markOf(mark.author, mark.n)} comes after ${markOf(mark.author, former)}`]
  })
}

function checkBatch(
  { author, from, through }: Batch,
  places: ReadonlyMap<string, readonly number[]>,
): string[] {
  const seqs = Array.from(
    { length: through - from + 1 },
    (_, index) => places.get(markOf(author, from + index))?.[0],
  )
  const [first] = seqs
  const isWhole = first !== undefined && seqs.every((seq, index) => seq === first + index)
  if (isWhole || seqs.every((seq) => seq === undefined)) return []
  return [
    `G6: the batch ${markOf(author, from)} to ${markOf(author, through)} is stored in pieces, at ${seqs.join(', ')}`,
  ]
}
