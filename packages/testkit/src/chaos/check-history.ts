import type { Batch, History } from './evidence.js'
import { markOf, type Known } from './marks.js'

/** Problems of one kind at one client that are told; more say nothing new. */
const TOLD_EACH = 3

/**
 * What is wrong with what clients saw (G6): everybody reads what he wrote; what was seen stays seen; who sees an edit sees what its author had
 * seen of the stream; batches are seen as a whole; nobody sees what nobody made.
 */
export function checkHistories(histories: readonly History[], batches: readonly Batch[]): string[] {
  const makings = makingsOf(histories)
  const torn = tornPlaces(batches)
  return histories.flatMap((history) => checkHistory(history, makings, torn))
}

/** What its author knew when he made an edit: by stream and author, in the order of his edits. */
type Makings = ReadonlyMap<string, readonly Known[]>

function makingsOf(histories: readonly History[]): Makings {
  const makings = new Map<string, Known[]>()
  for (const { author, events } of histories) {
    for (const event of events) {
      if (event.kind !== 'make') continue
      const key = `${event.stream}/${author}`
      const list = makings.get(key) ?? []
      list.push(event.known)
      makings.set(key, list)
    }
  }
  return makings
}

/** Edits that nobody may see as an author's newest, because others of their batch come after them. */
function tornPlaces(batches: readonly Batch[]): ReadonlySet<string> {
  const torn = new Set<string>()
  for (const { stream, author, from, through } of batches) {
    for (let n = from; n < through; n++) torn.add(`${stream}/${author}/${n}`)
  }
  return torn
}

function checkHistory(
  { author: reader, events }: History,
  makings: Makings,
  torn: ReadonlySet<string>,
): string[] {
  const seen = new Map<string, Known>()
  const made = new Map<string, number>()
  const problems: string[] = []
  const counts = new Map<string, number>()
  const report = (kind: string, problem: string): void => {
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    if (count <= TOLD_EACH) problems.push(`G6: author ${reader}: ${kind}: ${problem}`)
  }

  for (const event of events) {
    if (event.kind === 'link') continue
    const { stream, known } = event
    if (event.kind === 'make') {
      made.set(stream, event.n)
      continue
    }
    const own = made.get(stream) ?? 0
    if ((known[reader] ?? 0) < own) {
      report('read your writes', `${stream} shows ${known[reader] ?? 0} of ${own} own edits`)
    }
    const before = seen.get(stream) ?? []
    for (const [author, n] of known.entries()) {
      const former = before[author] ?? 0
      if (n < former)
        report('monotonic reads', `${stream} showed ${markOf(author, former)} and shows ${markOf(author, n)}`)
      if (n <= former || author === reader) continue
      if (torn.has(`${stream}/${author}/${n}`))
        report('batches', `${stream} shows ${markOf(author, n)} without what was pushed with it`)
      const dependencies = makings.get(`${stream}/${author}`)?.[n - 1]
      if (!dependencies) report('nothing made up', `${stream} shows ${markOf(author, n)}, which nobody made`)
      for (const [other, needed] of (dependencies ?? []).entries()) {
        if ((known[other] ?? 0) >= needed) continue
        report(
          'causal order',
          `${stream} shows ${markOf(author, n)} without ${markOf(other, needed)}, which its author had seen`,
        )
      }
    }
    seen.set(stream, known)
  }
  return problems
}
