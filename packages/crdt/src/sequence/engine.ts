import type { EventGraph } from './event-graph.js'
import { BACKSPACE, DELETE, INSERT, NOTHING, OpRuns } from './op-runs.js'
import { Tracker } from './tracker.js'
import { TurningPoints } from './turning-points.js'
import type { Frontier, LocalVersion } from './version.js'

/** What an op does at the version it was made at: some units go, others take their place. */
export interface Patch {
  readonly position: number
  readonly deleteCount: number
  readonly insertCount: number
}

/** The visible sequence that an engine keeps in step with the graph. */
export interface Content {
  readonly length: number
  /** False as long as there never was a surrogate pair in it. */
  readonly hasPairs: boolean
  /** Whether the unit at a position below `length` is the second half of a surrogate pair. */
  isTail(position: number): boolean
  /** Which of the units at a position are second halves of pairs, counted from there. */
  tailsWithin(position: number, count: number): readonly number[]
  /** Deletes units and puts what the op inserts, all of it or nothing, in their place. */
  change(position: number, deleteCount: number, insertCount: number): void
}

const NONE: readonly number[] = []
/** A tracker is kept for at least so many units that did not need it. */
const MIN_IDLE_UNITS = 1024

/**
 * A sequence that many edit at once, as an event graph: the content itself, and for each op some numbers
 * that say what it did and what its author knew. An op whose author knew everything goes straight to
 * the content; for any other a {@link Tracker} finds out where it belongs, from the last critical version on.
 *
 * After Gentle & Kleppmann, "Collaborative Text Editing with Eg-walker: Better, Faster, Smaller",
 * EuroSys 2025.
 */
export class SequenceEngine {
  readonly graph: EventGraph
  readonly runs: OpRuns
  private readonly content: Content
  private readonly joinsOps: boolean
  private readonly turningPoints = new TurningPoints()
  private tracker: Tracker | undefined
  /** What {@link fit} found. */
  fitPosition = 0
  fitCount = 0

  /** @param joinsOps whether ops may become part of runs, so that their edges are forgotten */
  constructor(graph: EventGraph, content: Content, joinsOps: boolean) {
    this.graph = graph
    this.content = content
    this.runs = new OpRuns(content.length)
    this.joinsOps = joinsOps
  }

  /**
   * Merges an op, and changes the content accordingly. What does not fit where it was made is made to, by the
   * one rule of {@link fit}.
   * @param author the author's number in the graph
   * @param counters how many counters it takes
   * @param parents the newest units that the author knew
   * @returns its first unit
   */
  apply(
    author: number,
    counter: number,
    counters: number,
    parents: Frontier,
    position: number,
    deleteCount: number,
    insertCount: number,
  ): LocalVersion {
    if (!this.graph.coversHeads(parents)) {
      return this.applyConcurrent(author, counter, counters, parents, position, deleteCount, insertCount)
    }
    this.fit(position, deleteCount)
    return this.applyNext(author, counter, counters, this.fitPosition, this.fitCount, insertCount)
  }

  /** Merges an op of somebody who knows everything, and that fits. */
  applyNext(
    author: number,
    counter: number,
    counters: number,
    position: number,
    deleteCount: number,
    insertCount: number,
  ): LocalVersion {
    const { content, runs, graph } = this
    const first = graph.length
    const units = deleteCount + insertCount
    const follows = first > 0 && graph.singleHead === first - 1
    if (!follows || !this.joinsOps || units !== counters || !graph.extend(author, counter, units)) {
      graph.append(author, counter, counters, Math.max(1, units), graph.heads)
    }
    this.turningPoints.add(first, graph.length - first)
    if (this.tracker) this.dropIdleTracker(this.tracker)
    this.log(position, deleteCount, insertCount, content.length, follows)
    if (deleteCount > 0 && content.hasPairs) {
      const tails = content.tailsWithin(position, deleteCount)
      if (tails.length > 0) runs.noteTails(first, tails)
    }
    if (units > 0) content.change(position, deleteCount, insertCount)
    return first
  }

  private applyConcurrent(
    author: number,
    counter: number,
    counters: number,
    parents: Frontier,
    position: number,
    deleteCount: number,
    insertCount: number,
  ): LocalVersion {
    const { graph, content } = this
    const follows = parents.length === 1 && parents[0] === graph.length - 1
    let { tracker } = this
    // Whoever goes on where the last op was made needs nothing moved.
    if (!tracker || !follows || tracker.end !== graph.length) {
      tracker = this.trackerFor(parents)
      tracker.prepare(parents)
    }
    this.fit(position, deleteCount, tracker)
    const { fitPosition: start, fitCount: deleted } = this
    const first = this.append(author, counter, counters, parents, deleted + insertCount, follows)
    this.log(start, deleted, insertCount, content.length, follows)
    if (deleted > 0) {
      tracker.delete(first, start, deleted, 1)
      this.removeUnits(tracker)
    }
    if (insertCount > 0) {
      const shown = tracker.insert(first + deleted, start, insertCount)
      content.change(shown, 0, insertCount)
    } else if (deleted === 0) tracker.skip(first)
    return first
  }

  /** Adds a run to the graph, or lengthens the last one. */
  private append(
    author: number,
    counter: number,
    counters: number,
    parents: Frontier,
    units: number,
    follows: boolean,
  ): LocalVersion {
    const { graph } = this
    const first = graph.length
    if (follows && this.joinsOps && units === counters && graph.extend(author, counter, units)) return first
    return graph.append(author, counter, counters, Math.max(1, units), parents)
  }

  private log(
    position: number,
    deleteCount: number,
    insertCount: number,
    length: number,
    follows: boolean,
  ): void {
    const { runs } = this
    if (deleteCount > 0) runs.append(DELETE, position, deleteCount, length, follows)
    if (insertCount > 0)
      runs.append(INSERT, position, insertCount, length - deleteCount, follows || deleteCount > 0)
    if (deleteCount + insertCount === 0) runs.append(NOTHING, position, 1, length, follows)
  }

  /**
   * Makes a patch fit the sequence it is for; the one rule for whatever arrives, the same on every replica.
   * A range that reaches beyond the sequence is cut. One that begins or ends within a surrogate pair is
   * widened to all of the pair, and what is inserted within a pair goes before it.
   * @param tracker prepared at the version the patch was made at; that of the content when absent
   */
  fit(position: number, deleteCount: number, tracker?: Tracker): void {
    const length = tracker ? tracker.preparedLength : this.content.length
    let start = position < length ? position : length
    let end = deleteCount < length - start ? start + deleteCount : length
    const isEmpty = end === start
    if (this.content.hasPairs) {
      if (start > 0 && start < length && this.isTail(start, tracker)) start--
      if (!isEmpty && end < length && this.isTail(end, tracker)) end++
    }
    this.fitPosition = start
    this.fitCount = isEmpty ? 0 : end - start
  }

  /** Whether the unit at a position, of the content or of what a tracker has prepared, is the second half of a pair. */
  private isTail(position: number, tracker: Tracker | undefined): boolean {
    if (!tracker) return this.content.isTail(position)
    const shown = tracker.shownPosition(position)
    return shown < 0 ? tracker.isLostTail(position) : this.content.isTail(shown)
  }

  /**
   * Merges an op of single deletions, each of what stands before the one before, and changes the content
   * accordingly. If they do not fit, they count as one op that deletes their range.
   * @param position of the first deletion
   */
  applyBackspaces(
    author: number,
    counter: number,
    counters: number,
    parents: Frontier,
    position: number,
    count: number,
  ): LocalVersion {
    const { graph, content } = this
    const isNext = graph.coversHeads(parents)
    const tracker = isNext ? undefined : this.trackerFor(parents)
    tracker?.prepare(parents)
    const start = position - count + 1
    const length = tracker ? tracker.preparedLength : content.length
    if (
      start < 0 ||
      position >= length ||
      (content.hasPairs && this.hasTails(start, position + 2, length, tracker))
    ) {
      return this.apply(author, counter, counters, parents, Math.max(0, start), count, 0)
    }
    const follows = parents.length === 1 && parents[0] === graph.length - 1
    const first = this.append(author, counter, counters, parents, count, follows)
    this.runs.append(BACKSPACE, position, count, content.length, follows)
    if (tracker) {
      tracker.delete(first, start, count, -1)
      this.removeUnits(tracker)
    } else {
      this.turningPoints.add(first, count)
      content.change(start, count, 0)
    }
    return first
  }

  private hasTails(from: number, to: number, length: number, tracker: Tracker | undefined): boolean {
    for (let position = from; position < Math.min(to, length); position++) {
      if (this.isTail(position, tracker)) return true
    }
    return false
  }

  /** Takes from the content what the tracker says that deleting units took. */
  private removeUnits(tracker: Tracker): void {
    const { content, runs } = this
    const { removals } = tracker
    for (let at = 0; at < removals.length; at += 3) {
      const position = removals[at] as number
      const length = removals[at + 1] as number
      const tails = content.hasPairs ? content.tailsWithin(position, length) : NONE
      if (tails.length > 0) {
        const first = removals[at + 2] as number
        runs.noteTails(first, tails)
        for (const offset of tails) tracker.noteTail(first + offset)
      }
      content.change(position, length, 0)
    }
  }

  /** A tracker that holds all units, from a version that an author with these parents knew. */
  trackerFor(parents: Frontier): Tracker {
    const { graph } = this
    const start = this.turningPoints.settleFor(parents, graph)
    let { tracker } = this
    if (!tracker) {
      tracker = new Tracker(graph, this.runs)
      this.tracker = tracker
      tracker.reset(start)
    } else if (start < tracker.start || start - tracker.start >= tracker.end - start) {
      // Beginning anew costs no more than the units it forgets have cost.
      tracker.reset(start)
    }
    while (tracker.end < graph.length) tracker.replay(graph.length)
    return tracker
  }

  /** Concurrency that ended long ago takes no memory. */
  private dropIdleTracker(tracker: Tracker): void {
    const idle = this.graph.length - tracker.end
    if (idle > MIN_IDLE_UNITS && idle > tracker.end - tracker.start) this.tracker = undefined
  }

  /**
   * Lengthens the last run by units that its author inserts behind it, knowing everything, when they do
   * follow so: typing, in the fewest steps there are.
   * @returns false when they do not; nothing has changed
   */
  typeOn(author: number, counter: number, position: number, count: number): boolean {
    const { graph, runs } = this
    const first = graph.length
    if (graph.singleHead !== first - 1 || !runs.endsInsertAt(position)) return false
    if (!graph.extend(author, counter, count)) return false
    runs.extendInsert(count)
    this.turningPoints.add(first, count)
    return true
  }
}
