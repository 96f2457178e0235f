import { DeletionLog } from './deletion-log.js'
import type { EventGraph } from './event-graph.js'
import { insertionPoint } from './fugue-order.js'
import { BACKSPACE, DELETE, INSERT } from './op-runs.js'
import type { OpRuns } from './op-runs.js'
import { SpanIndex } from './span-index.js'
import { NO_SPAN, NO_UNIT, VIEWS } from './span-store.js'
import { SpanTree } from './span-tree.js'
import type { Span } from './span-store.js'
import { VersionDifference } from './version-difference.js'
import type { Frontier, LocalVersion } from './version.js'
import { Views } from './views.js'

/**
 * Finds out what concurrent ops do to the document: the internal state of eg-walker (Gentle & Kleppmann,
 * "Collaborative Text Editing with Eg-walker: Better, Faster, Smaller", EuroSys 2025, section 3).
 *
 * It begins at a critical version, one that all later ops have in their past, with a placeholder for
 * the content of then, and takes the later ops one by one. It holds the units at several versions at once: that
 * of the document, and a few prepared ones, of which one is moved to the parents of an op before the op is read.
 */
export class Tracker {
  private readonly graph: EventGraph
  private readonly runs: OpRuns
  protected readonly spans = new SpanTree()
  protected readonly index = new SpanIndex()
  private readonly deletions = new DeletionLog()
  private readonly difference = new VersionDifference()
  /** Units that the document has lost and that were the second half of a surrogate pair. */
  private readonly lostTails = new Set<number>()
  private first: LocalVersion = 0
  private heldEnd: LocalVersion = 0
  /** What to add to a local version to have the number of the unit here: the placeholder's units come first. */
  private shift = 0
  /** The view of the tree that is prepared at the parents of the op that is read. */
  private view = 0
  private readonly views = new Views()
  /** Where the last op inserted, as long as nothing else has happened: the span, and its ends as prepared and as shown. */
  private cursor: Span = NO_SPAN
  private cursorPrepared = 0
  private cursorShown = 0

  /**
   * What {@link delete} took from the document: of each range its position once those before are gone, its
   * length, and the unit that deleted its first one.
   */
  readonly removals: number[] = []

  constructor(graph: EventGraph, runs: OpRuns) {
    this.graph = graph
    this.runs = runs
  }

  /** The first unit it holds. All units from there on have all units before in their past. */
  get start(): LocalVersion {
    return this.first
  }

  /** The first unit it does not hold yet. */
  get end(): LocalVersion {
    return this.heldEnd
  }

  /** Begins anew, at a critical version: that before a unit. */
  reset(start: LocalVersion): void {
    this.spans.clear()
    this.index.clear()
    this.deletions.clear()
    this.lostTails.clear()
    this.first = start
    this.heldEnd = start
    this.views.reset(start)
    this.cursor = NO_SPAN
    const length = this.runs.lengthBefore(start)
    this.shift = length - start
    this.select(0)
    if (length > 0) this.addPlaceholder(length)
  }

  /** The length of the sequence at the prepared version. */
  get preparedLength(): number {
    return this.spans.preparedLength
  }

  /** What stood there at the critical version is known at any. */
  private addPlaceholder(length: number): void {
    const { spans, index } = this
    const span = spans.insertAfter(NO_SPAN, 0, length, NO_UNIT, NO_UNIT)
    index.add(0, span)
    for (let view = 1; view < VIEWS; view++) {
      spans.select(view)
      spans.addState(span, 1)
    }
    spans.select(0)
  }

  private select(view: number): void {
    this.view = view
    this.spans.select(view)
  }

  /**
   * Prepares the version of which these are the newest units.
   *
   * Of several views that are prepared at different versions the nearest is moved there: each of a few who
   * write at the same time, and of branches that are merged, has a view that need not be moved at all.
   */
  prepare(version: Frontier): void {
    const { views } = this
    if (views.isAt(this.view, version)) return
    const view = views.nearest(version)
    if (view !== this.view) {
      this.select(view)
      this.cursor = NO_SPAN
    }
    if (views.isAt(view, version)) return
    this.move(views.versionOf(view), version)
    views.set(view, version)
  }

  private move(former: Frontier, version: Frontier): void {
    const { difference } = this
    difference.compare(this.graph, former, version, this.first)
    const { retreat, advance } = difference
    if (retreat.length === 0 && advance.length === 0) return
    this.cursor = NO_SPAN
    for (let at = 0; at < retreat.length; at += 2) {
      this.count(retreat[at] as number, (retreat[at + 1] as number) + 1, -1)
    }
    for (let at = 0; at < advance.length; at += 2) {
      this.count(advance[at] as number, (advance[at + 1] as number) + 1, 1)
    }
  }

  /** Takes units out of the prepared version or adds them. The order within does not matter: states count. */
  private count(from: LocalVersion, to: LocalVersion, change: 1 | -1): void {
    const { runs, shift } = this
    let run = runs.runAt(from)
    for (let version = from; version < to; run++) {
      const end = Math.min(runs.endOf(run), to)
      const kind = runs.kindOf(run)
      if (kind === INSERT) this.countUnits(version + shift, end + shift, change)
      else if (kind === DELETE || kind === BACKSPACE) this.countDeletions(version, end, change)
      version = end
    }
  }

  private countDeletions(from: LocalVersion, to: LocalVersion, change: 1 | -1): void {
    const { deletions } = this
    let run = deletions.runAt(from)
    for (let version = from; version < to; run++) {
      const end = Math.min(deletions.endOf(run), to)
      const lowest = deletions.lowestTarget(run, version, end)
      this.countUnits(lowest, lowest + end - version, change)
      version = end
    }
  }

  private countUnits(from: number, to: number, change: 1 | -1): void {
    const { spans, index } = this
    let unit = from
    while (unit < to) {
      let span = index.find(unit)
      const first = spans.idOf(span)
      if (first < unit) span = this.split(span, unit - first)
      const length = spans.lengthOf(span)
      if (unit + length > to) {
        this.split(span, to - unit)
        unit = to
      } else unit += length
      spans.addState(span, change)
    }
  }

  /** Takes in units before `limit` that the document shows already: one run of them, or what is left of it. */
  replay(limit: LocalVersion): void {
    const { runs, heldEnd: version } = this
    this.prepare(this.graph.parentsOf(version))
    const run = runs.runAt(version)
    const kind = runs.kindOf(run)
    const count = Math.min(runs.endOf(run), limit) - version
    const position = runs.positionOf(run, version)
    if (kind === INSERT) this.insert(version, position, count)
    else if (kind === DELETE) this.delete(version, position, count, 1)
    else if (kind === BACKSPACE) this.delete(version, position - count + 1, count, -1)
    else this.skip(version)
    if (kind === DELETE && runs.hasTails) this.recallTails(version, version + count)
  }

  private recallTails(from: LocalVersion, to: LocalVersion): void {
    for (let version = from; version < to; version++) {
      if (this.runs.isTail(version)) this.noteTail(version)
    }
  }

  /** Remembers that what a deleting unit took was the second half of a surrogate pair. */
  noteTail(version: LocalVersion): void {
    this.lostTails.add(this.deletions.targetOf(this.deletions.runAt(version), version))
  }

  /** Where the document shows the unit at a position of the prepared version; -1 when it lost the unit. */
  shownPosition(position: number): number {
    const { spans } = this
    spans.find(position)
    return spans.isGone(spans.found) ? -1 : spans.shown + spans.offset
  }

  /** Whether the unit at a position of the prepared version is lost and was the second half of a pair. */
  isLostTail(position: number): boolean {
    if (this.lostTails.size === 0) return false
    const { spans } = this
    spans.find(position)
    return this.lostTails.has(spans.idOf(spans.found) + spans.offset)
  }

  /**
   * Visits the units of the prepared version from left to right, run by run: the first unit, how many, and
   * whether the version shows them. Units of the placeholder are below 0, all others are local versions.
   */
  walk(visit: (first: LocalVersion, count: number, isVisible: boolean) => void): void {
    const { spans, shift } = this
    const placeholder = shift + this.first
    spans.walk((span) => {
      const id = spans.idOf(span)
      visit(id < placeholder ? id - placeholder : id - shift, spans.lengthOf(span), spans.stateOf(span) === 1)
    })
  }

  private took(last: LocalVersion): void {
    this.heldEnd = last + 1
    this.views.advance(this.view, last)
  }

  /** Takes in a unit that does nothing. */
  skip(version: LocalVersion): void {
    this.took(version)
  }

  /**
   * Takes in units that delete what stands at the prepared version, where the range must fit, from left to
   * right or from right to left. What the document loses by it is in {@link removals} then.
   */
  delete(version: LocalVersion, position: number, count: number, step: 1 | -1): void {
    const { spans, removals, deletions } = this
    removals.length = 0
    this.cursor = NO_SPAN
    spans.find(position)
    let shown = spans.shown
    let span = spans.found
    if (spans.offset > 0) {
      if (!spans.isGone(span)) shown += spans.offset
      span = this.split(span, spans.offset)
    }
    let done = 0
    for (;;) {
      const isGone = spans.isGone(span)
      if (spans.stateOf(span) === 1) {
        if (spans.lengthOf(span) > count - done) this.split(span, count - done)
        const length = spans.lengthOf(span)
        const unit = spans.idOf(span)
        if (step === 1) deletions.add(version + done, length, unit, 1)
        else this.targets.push(unit, length)
        if (!isGone) {
          removals.push(shown, length, version + done)
          spans.remove(span)
        }
        spans.addState(span, 1)
        done += length
        if (done === count) break
      } else if (!isGone) shown += spans.lengthOf(span)
      span = spans.next(span)
    }
    if (step === -1) this.addBackwards(version)
    this.took(version + count - 1)
  }

  /** Ranges of units that are being deleted from right to left: first unit and count of each. */
  private readonly targets: number[] = []

  private addBackwards(version: LocalVersion): void {
    const { targets } = this
    let at = version
    for (let index = targets.length - 2; index >= 0; index -= 2) {
      const length = targets[index + 1] as number
      this.deletions.add(at, length, (targets[index] as number) + length - 1, -1)
      at += length
    }
    targets.length = 0
  }

  /**
   * Takes in units that are inserted at the prepared version, at a position that must fit.
   * @returns where the document shows them
   */
  insert(version: LocalVersion, position: number, count: number): number {
    const { spans } = this
    const unit = version + this.shift
    let shown: number
    if (this.cursor !== NO_SPAN && position === this.cursorPrepared && this.endsBefore(this.cursor, unit)) {
      // Somebody goes on typing.
      shown = this.cursorShown
      spans.extend(this.cursor, count)
    } else shown = this.insertUnits(version, unit, position, count)
    this.cursorPrepared = position + count
    this.cursorShown = shown + count
    this.took(version + count - 1)
    return shown
  }

  private endsBefore(span: Span, unit: number): boolean {
    return this.spans.idOf(span) + this.spans.lengthOf(span) === unit
  }

  private insertUnits(version: LocalVersion, unit: number, position: number, count: number): number {
    const { spans, index } = this
    let left = NO_SPAN
    let originLeft = NO_UNIT
    let shown = 0
    let right: Span
    if (position > 0) {
      spans.find(position - 1)
      left = spans.found
      const offset = spans.offset + 1
      originLeft = spans.idOf(left) + offset - 1
      shown = spans.shown + (spans.isGone(left) ? 0 : offset)
      right = offset < spans.lengthOf(left) ? this.split(left, offset) : spans.next(left)
    } else right = spans.first

    let after = left
    if (right !== NO_SPAN && spans.stateOf(right) === 0) {
      // Something that the author did not know stands there.
      right = spans.nextPresent(left)
      const { graph, shift } = this
      const precedes = (other: number) => graph.compareIds(version, other - shift) < 0
      after = insertionPoint(spans, index, left, right, originLeft, precedes)
      if (after !== left) {
        shown = after < 0 ? 0 : spans.shownBefore(after) + (spans.isGone(after) ? 0 : spans.lengthOf(after))
      }
    }
    const originRight = right < 0 ? NO_UNIT : spans.idOf(right)
    if (after >= 0 && originLeft === unit - 1 && this.continues(after, unit, originRight)) {
      spans.extend(after, count)
      this.cursor = after
    } else {
      this.cursor = spans.insertAfter(after, unit, count, originLeft, originRight)
      index.add(unit, this.cursor)
    }
    return shown
  }

  /** Whether new units go on where a span ends, as typing does, so that it may hold them too. */
  private continues(span: Span, unit: number, originRight: number): boolean {
    const { spans } = this
    // What is typed behind the placeholder is no part of it.
    return (
      unit > this.shift + this.first &&
      this.endsBefore(span, unit) &&
      spans.originRightOf(span) === originRight &&
      spans.stateOf(span) === 1 &&
      spans.isOnlyInView(span) &&
      !spans.isGone(span)
    )
  }

  private split(span: Span, offset: number): Span {
    const right = this.spans.split(span, offset)
    this.index.add(this.spans.idOf(right), right)
    return right
  }
}
