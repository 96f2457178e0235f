import type { OpId, ReplicaId } from '../op.js'
import { Tracker } from '../sequence/tracker.js'
import type { Frontier, LocalVersion } from '../sequence/version.js'
import { addTextDelta } from '../text-delta.js'
import type { TextDelta } from '../text-delta.js'
import { needsHistory } from './apply-update.js'
import type { DocumentCore } from './document-core.js'
import type { DocumentVersion } from './document-version.js'
import type { TextDocument } from './text-document.js'

/** A piece of a text that one replica inserted in one go. */
export interface BlameRun {
  /** In UTF-16 units. */
  readonly length: number
  /** Who inserted it; undefined for text from before a snapshot that has no history. */
  readonly replica: ReplicaId | undefined
  /** The counter of its first unit, 0 for text from before such a snapshot. */
  readonly counter: number
}

/**
 * A document's past: all units that were ever inserted, in document order, so that any version is read by
 * counting units in and out. Made once and asked often, as by a slider; it follows the document, until that
 * erases its history.
 */
export class TextHistory {
  private readonly core: DocumentCore
  private readonly tracker: Tracker

  constructor(document: TextDocument) {
    this.core = document.open()
    const { graph, engine } = this.core
    this.tracker = new Tracker(graph, engine.runs)
    this.tracker.reset(0)
  }

  /** Prepares a version, once what the document has merged since the last question is taken in. */
  private prepare(version: Frontier): void {
    const { tracker, core } = this
    const { length } = core.graph
    while (tracker.end < length) tracker.replay(length)
    tracker.prepare(version)
  }

  /**
   * The text of a version.
   * @throws FlowSyncError `update/needs-history` for a version before the snapshot that the document began with
   */
  at(version: DocumentVersion): string {
    this.prepare(this.frontierOf(version))
    const parts: string[] = []
    this.tracker.walk((first, count, isVisible) => {
      if (isVisible) this.pushText(parts, first, count)
    })
    return parts.join('')
  }

  /**
   * What leads from the text of one version to that of another, forwards, backwards or across.
   * @throws FlowSyncError `update/needs-history` as {@link at} does
   */
  diff(from: DocumentVersion, to: DocumentVersion): readonly TextDelta[] {
    const { tracker } = this
    const next = this.frontierOf(to)
    const former = this.frontierOf(from)
    this.prepare(former)
    const before: { left: number; readonly wasVisible: boolean }[] = []
    tracker.walk((_first, count, isVisible) => before.push({ left: count, wasVisible: isVisible }))
    this.prepare(next)
    const deltas: TextDelta[] = []
    let position = 0
    let index = 0
    tracker.walk((first, count, isVisible) => {
      // Runs are cut where versions differ, so that there may be more of them now, never fewer.
      const run = before[index] as (typeof before)[number]
      run.left -= count
      if (run.left === 0) index++
      if (run.wasVisible && !isVisible) addTextDelta(deltas, { position, deleteCount: count, insert: '' })
      if (!run.wasVisible && isVisible) {
        const parts: string[] = []
        this.pushText(parts, first, count)
        deltas.push({ position, deleteCount: 0, insert: parts.join('') })
      }
      if (isVisible) position += count
    })
    return deltas
  }

  /** Who inserted what the text of now consists of, from its beginning to its end. */
  blame(): readonly BlameRun[] {
    const { graph } = this.core
    this.prepare(graph.heads)
    const blamed: BlameRun[] = []
    const add = (replica: ReplicaId | undefined, counter: number, length: number) => {
      const last = blamed.at(-1)
      const isNext = replica === undefined || last?.counter === counter - (last?.length ?? 0)
      if (last && last.replica === replica && isNext)
        blamed[blamed.length - 1] = { ...last, length: last.length + length }
      else blamed.push({ length, replica, counter })
    }
    this.tracker.walk((first, count, isVisible) => {
      if (!isVisible) return
      if (first < 0) add(undefined, 0, count)
      for (let unit = first; unit < first + count && first >= 0;) {
        const run = graph.runAt(unit)
        const end = Math.min(graph.endOf(run), first + count)
        add(
          graph.replicaOf(graph.authorOf(run)),
          graph.counterOf(run) + unit - graph.startOf(run),
          end - unit,
        )
        unit = end
      }
    })
    return blamed
  }

  private frontierOf(version: readonly OpId[]): Frontier {
    const frontier = this.core.frontierOf(version)
    if (!frontier) throw needsHistory()
    return frontier
  }

  private pushText(parts: string[], first: LocalVersion, count: number): void {
    const { engine, inserted, root } = this.core
    if (first < 0) {
      const start = root.text.length + first
      parts.push(root.text.slice(start, start + count))
      return
    }
    const { runs } = engine
    const run = runs.runAt(first)
    const content = runs.contentBefore(run, first)
    parts.push(inserted.slice(content, content + count))
  }
}

/** The text of a past version. See {@link TextHistory.at}; for many versions make a {@link TextHistory}. */
export function textAt(document: TextDocument, version: DocumentVersion): string {
  return new TextHistory(document).at(version)
}

/** What leads from one version to another. See {@link TextHistory.diff}. */
export function textDiff(
  document: TextDocument,
  from: DocumentVersion,
  to: DocumentVersion,
): readonly TextDelta[] {
  return new TextHistory(document).diff(from, to)
}

/** Who inserted what. See {@link TextHistory.blame}. */
export function blame(document: TextDocument): readonly BlameRun[] {
  return new TextHistory(document).blame()
}
