import type { ReplicaId } from '../op.js'
import { NO_UNIT } from './anchor-source.js'
import type { AnchorSource } from './anchor-source.js'
import { NO_MARKS } from './mark.js'
import type { MarkSet } from './mark.js'
import { RunList } from './run-list.js'
import type { Anchor, MarkOp, TrackedMark } from './tracked-mark.js'
import { UNMARKED, bornBetween, isSameUnitMarks, marksOf, settledMarks, verdicts } from './unit-marks.js'
import type { UnitMarks, Verdict } from './unit-marks.js'

/** Shown text that a mark op may have changed, with the marks it has now. */
export interface Remarked {
  readonly position: number
  readonly length: number
  readonly marks: MarkSet
}

/** What a text op did, at its own version. */
export interface TextStep {
  readonly position: number
  readonly deleteCount: number
  readonly insertCount: number
}

/**
 * Finds out what marks units have while ops are concurrent, from a version that every later op knows.
 *
 * Of each unit it holds what its author gave it, and the ops that mark it and that its author did not
 * know; so the marks of a unit can be read at the version of any op. All of it is forgotten with the
 * tracker: what the document shows at its start is all that counts of the time before.
 */
export class MarkTracker {
  private readonly source: AnchorSource
  private units: RunList<UnitMarks>
  /** Mark ops in the order in which they came. */
  private readonly tracked: TrackedMark[] = []
  private readonly byAuthor = new Map<ReplicaId, TrackedMark[]>()
  /** Ops taken that are not in the prepared version. */
  private readonly unknown = new Set<TrackedMark>()
  /** What {@link verdicts} said at the prepared version. */
  private seen = new Map<UnitMarks, readonly Verdict[]>()

  /** @param shown the marks of what the document showed at the start of `source` */
  constructor(source: AnchorSource, shown: RunList<MarkSet>) {
    this.source = source
    this.units = RunList.of(
      shown.slice().map(({ length, value }) => ({ length, value: settledMarks(value) })),
      isSameUnitMarks,
    )
  }

  get start(): number {
    return this.source.start
  }

  get end(): number {
    return this.source.end
  }

  private prepare(version: number): void {
    const { source, tracked } = this
    if (tracked.length === 0) return source.prepare(version)
    let isMoved = false
    source.prepare(version, (first, last, isKnown) => {
      for (let index = this.countBefore(first); index < tracked.length; index++) {
        const op = tracked[index] as TrackedMark
        if (op.version > last) break
        isMoved = true
        if (isKnown) this.unknown.delete(op)
        else this.unknown.add(op)
      }
    })
    if (isMoved) this.seen = new Map()
  }

  /** How many mark ops come before a version. */
  private countBefore(version: number): number {
    let low = 0
    let high = this.tracked.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.tracked[middle] as TrackedMark).version < version) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Takes in an op that changes text; returns the marks that the document shows for what it inserts. */
  takeText(version: number, { position, deleteCount, insertCount }: TextStep): MarkSet {
    const { source } = this
    this.prepare(version)
    // What takes the place of other text has its marks from that, not from around it.
    const left = source.unitAt(deleteCount > 0 ? position : position - 1)
    const right = source.unitAt(deleteCount > 0 ? position + deleteCount - 1 : position)
    const born = insertCount > 0 ? bornBetween(this.seenAt(left), this.seenAt(right)) : []
    const first = source.take(version)
    // An op of which nothing is left still takes a number.
    this.hold(first, insertCount === 0 ? Math.max(1, deleteCount) : deleteCount, UNMARKED)
    if (insertCount === 0) return NO_MARKS
    const later = [...this.unknown]
      .filter((op) => this.isWithin(first + deleteCount, op))
      .sort((a, b) => a.version - b.version)
    const unit: UnitMarks = born.length === 0 && later.length === 0 ? UNMARKED : { born, later }
    this.hold(first + deleteCount, insertCount, unit)
    return marksOf(verdicts(unit, isAnything))
  }

  /** Takes in a mark op; returns the shown text in its range. */
  takeMark(version: number, op: MarkOp): readonly Remarked[] {
    const { source } = this
    this.prepare(version)
    const tracked: TrackedMark = {
      ...op,
      ...this.anchorsOf(op),
      version,
      known: this.knownByAuthor(),
    }
    this.hold(source.take(version), 1, UNMARKED)
    this.tracked.push(tracked)
    const own = this.byAuthor.get(op.replica)
    if (own) own.push(tracked)
    else this.byAuthor.set(op.replica, [tracked])
    this.seen = new Map()
    return op.length === 0 ? [] : this.spread(tracked)
  }

  /** The last mark op of each author in the prepared version: it holds of each author the first ones, up to some op. */
  private knownByAuthor(): ReadonlyMap<ReplicaId, number> {
    const known = new Map<ReplicaId, number>()
    for (const [replica, ops] of this.byAuthor) {
      let low = -1
      let high = ops.length
      while (high - low > 1) {
        const middle = (low + high) >> 1
        if (this.unknown.has(ops[middle] as TrackedMark)) high = middle
        else low = middle
      }
      const last = ops[low]
      if (last) known.set(replica, last.version)
    }
    return known
  }

  /** Notes the marks of the next units; those of an op that are not inserted have none. */
  private hold(unit: number, count: number, marks: UnitMarks): void {
    this.units = this.units.splice(unit, 0, [{ length: count, value: marks }])
  }

  private seenAt(unit: number): readonly Verdict[] {
    const marks = unit === NO_UNIT ? UNMARKED : (this.units.at(unit) ?? UNMARKED)
    const known = this.seen.get(marks)
    if (known) return known
    const found = verdicts(marks, (op) => !this.unknown.has(op))
    this.seen.set(marks, found)
    return found
  }

  /** Ends that expand reach to the next unit that the author saw, whatever may come to stand between. */
  private anchorsOf({ position, length, change }: MarkOp): { readonly start: Anchor; readonly end: Anchor } {
    const { expandsBefore, expandsAfter } = change
    const end = position + length
    return {
      start: {
        unit: this.source.unitAt(expandsBefore ? position - 1 : position),
        isIncluded: !expandsBefore,
      },
      end: { unit: this.source.unitAt(expandsAfter ? end : end - 1), isIncluded: !expandsAfter },
    }
  }

  /** Whether a unit is in the range of an op whose author did not know it, so that it is neither end. */
  private isWithin(unit: number, { start, end, length }: TrackedMark): boolean {
    const { source } = this
    return (
      length > 0 &&
      (start.unit === NO_UNIT || source.compare(start.unit, unit) < 0) &&
      (end.unit === NO_UNIT || source.compare(unit, end.unit) < 0)
    )
  }

  private spread(op: TrackedMark): readonly Remarked[] {
    const remarked: Remarked[] = []
    const next = new Map<UnitMarks, UnitMarks>()
    const add = (marks: UnitMarks): UnitMarks => {
      const known = next.get(marks)
      if (known) return known
      const added = { born: marks.born, later: [...marks.later, op] }
      next.set(marks, added)
      return added
    }
    const { start, end } = op
    this.source.visit(start.unit, end.unit, (unit, length, shownAt) => {
      const from = unit === start.unit && !start.isIncluded ? unit + 1 : unit
      const last = unit + length - 1
      const to = last === end.unit && !end.isIncluded ? last : last + 1
      if (from >= to) return
      this.units = this.units.map(from, to, add)
      if (shownAt < 0) return
      let position = shownAt + from - unit
      for (const run of this.units.slice(from, to)) {
        remarked.push({ position, length: run.length, marks: marksOf(verdicts(run.value, isAnything)) })
        position += run.length
      }
    })
    return remarked
  }
}

function isAnything(): boolean {
  return true
}
