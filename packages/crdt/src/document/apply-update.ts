import { FlowSyncError } from '../errors.js'
import type { OpId } from '../op.js'
import { BACKSPACE, DELETE, INSERT } from '../sequence/op-runs.js'
import { START } from '../sequence/version.js'
import type { Frontier, LocalVersion } from '../sequence/version.js'
import { IN_ROOT, UNKNOWN } from './document-core.js'
import type { DocumentCore } from './document-core.js'
import type { GraphRun, OpRun, Update } from './update-format.js'

/** What stands in the way of merging an update. */
export type Obstacle =
  /** Ops that it builds on are not there. */
  | { readonly kind: 'missing-parents'; readonly missing: readonly OpId[] }
  /** It was made at a version before what the core began with. */
  | { readonly kind: 'needs-history' }

/** Whether an update can be merged; nothing changes. */
export function obstacleTo(core: DocumentCore, update: Update): Obstacle | undefined {
  const ends = new Map<string, number>()
  const endOf = (replica: GraphRun['replica']): number => {
    const known = ends.get(replica)
    if (known !== undefined) return known
    const author = core.graph.findNumber(replica)
    return author === undefined ? 1 : core.graph.nextCounterOf(author)
  }
  const missing = new Map<string, OpId>()
  const miss = (id: OpId) => missing.set(`${id.replica}:${id.counter}`, id)
  let isOld = false
  for (const run of update.graphRuns) {
    const { replica, counter, counters, parents } = run
    const end = endOf(replica)
    if (counter + counters <= end) continue
    if (counter > end) miss({ replica, counter: counter - 1 })
    // Of a run that is known in part, the first unknown unit follows a known one.
    const known = counter >= end ? parents : [{ replica, counter: end - 1 }]
    for (const parent of known) if (parent.counter >= endOf(parent.replica)) miss(parent)
    isOld ||= isBeforeRoot(core, known, ends)
    ends.set(replica, Math.max(end, counter + counters))
  }
  if (missing.size > 0) return { kind: 'missing-parents', missing: [...missing.values()] }
  return isOld ? { kind: 'needs-history' } : undefined
}

/** True when an op was made without knowledge of something that the core began with. */
function isBeforeRoot(
  core: DocumentCore,
  parents: GraphRun['parents'],
  ends: ReadonlyMap<string, number>,
): boolean {
  if (core.root.version.length === 0) return false
  for (const { replica, counter } of parents) {
    const author = core.graph.findNumber(replica)
    const end = author === undefined ? 1 : core.graph.nextCounterOf(author)
    const isInUpdate = counter >= end && counter < (ends.get(replica) ?? 0)
    if (isInUpdate || (author !== undefined && core.locate(author, counter) >= 0)) return false
  }
  return !core.coversRoot(parents)
}

/** The frontier that an op's parents are, which must be known: ascending, none twice. */
function parentsIn(core: DocumentCore, author: number, run: GraphRun): Frontier {
  return core.withOwn(author, run.counter, named(core, run.parents))
}

function named(core: DocumentCore, parents: readonly OpId[]): Frontier {
  const { graph } = core
  if (parents.length === 1) {
    const { replica, counter } = parents[0] as OpId
    const version = core.locate(graph.numberOf(replica), counter)
    return version >= 0 ? [version] : START
  }
  const frontier: LocalVersion[] = []
  for (const { replica, counter } of parents) {
    const version = core.locate(graph.numberOf(replica), counter)
    if (version >= 0) frontier.push(version)
  }
  frontier.sort((left, right) => left - right)
  return frontier.filter((version, index) => index === 0 || version !== frontier[index - 1])
}

/** Merges an update that nothing stands in the way of. What is known already is passed over. */
export function applyUpdate(core: DocumentCore, update: Update): void {
  const { graph } = core
  const { opRuns, inserted } = update
  let next = 0
  let content = 0
  for (const graphRun of update.graphRuns) {
    const { counter, units, counters } = graphRun
    const author = graph.numberOf(graphRun.replica)
    const known = Math.max(0, graph.nextCounterOf(author) - counter)
    if (units !== counters) {
      const { count, length } = applyMisfit(core, update, graphRun, next, content, known > 0)
      next += count
      content += length
      continue
    }
    for (let done = 0; done < units;) {
      const { kind, position, units: count } = opRuns[next++] as OpRun
      const skip = Math.min(Math.max(0, known - done), count)
      if (skip < count) {
        const at = done + skip
        const before =
          at === 0 ? parentsIn(core, author, graphRun) : lastOf(core, author, counter + at - 1, at > known)
        const start = kind === INSERT ? position + skip : kind === BACKSPACE ? position - skip : position
        const text = kind === INSERT ? textOf(inserted, content + skip, content + count) : ''
        core.applyRun(author, counter + at, count - skip, before, kind, start, count - skip, text)
      }
      if (kind === INSERT) content += count
      done += count
    }
  }
}

/** Whoever says different things about the same op may have cut a pair by it. */
function textOf(inserted: string, from: number, to: number): string {
  const text = inserted.slice(from, to)
  return (text.charCodeAt(0) & 0xfc00) === 0xdc00 ? text.toWellFormed() : text
}

/**
 * Merges an op that did not fit where it was made: one op, known or unknown as a whole.
 * @returns how many runs describe it, and how many units of text it has
 */
function applyMisfit(
  core: DocumentCore,
  { opRuns, inserted }: Update,
  graphRun: GraphRun,
  first: number,
  content: number,
  isKnown: boolean,
): { readonly count: number; readonly length: number } {
  const { replica, counter, units, counters } = graphRun
  const runs = opRuns.slice(first, first + 2)
  const [one, other] = runs as [OpRun, OpRun | undefined]
  const count = one.units === units ? 1 : 2
  const insert = one.kind === INSERT ? one : count === 2 ? other : undefined
  const length = insert?.units ?? 0
  if (!isKnown) {
    const author = core.graph.numberOf(replica)
    const deleted = one.kind === DELETE ? one.units : 0
    const text = inserted.slice(content, content + length)
    core.patch(author, counter, counters, parentsIn(core, author, graphRun), one.position, deleted, text)
  }
  return { count, length }
}

/** The unit before the next one of a run. */
function lastOf(core: DocumentCore, author: number, counter: number, isNew: boolean): Frontier {
  if (isNew) return [core.graph.length - 1]
  const version = core.locate(author, counter)
  return version === IN_ROOT || version === UNKNOWN ? START : [version]
}

/** The error for an update that builds on ops which are not there. */
export function missingParents(missing: readonly OpId[]): FlowSyncError<'update/missing-parents'> {
  return new FlowSyncError(
    'update/missing-parents',
    `The update builds on ${missing.length} ops that are not here; merge those first, or ask for all since your version.`,
    { retryable: true, details: { missing } },
  )
}

/** The error for an update that builds on a version before a snapshot. */
export function needsHistory(): FlowSyncError<'update/needs-history'> {
  return new FlowSyncError(
    'update/needs-history',
    'The update was made before the snapshot that this document began with; load a document that was saved with its history.',
  )
}
