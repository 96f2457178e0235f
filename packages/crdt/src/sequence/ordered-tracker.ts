import { compareUnits } from './fugue-order.js'
import { NO_SPAN, NO_UNIT } from './span-store.js'
import { Tracker } from './tracker.js'

/** A tracker that tells about its units, for what is attached to them. */
export class OrderedTracker extends Tracker {
  /** The unit at a position of the prepared version, NO_UNIT beyond its ends. */
  unitAt(position: number): number {
    const { spans } = this
    if (position < 0 || position >= spans.preparedLength) return NO_UNIT
    spans.find(position)
    return spans.idOf(spans.found) + spans.offset
  }

  /** Below 0 when unit `a` stands before unit `b` in the document, 0 when they are the same. */
  compare(a: number, b: number): number {
    return compareUnits(this.spans, this.index, a, b)
  }

  /**
   * Visits all units from one to another in document order, lost ones too; NO_UNIT means from the first,
   * to the last.
   * @param visitor is told of each run its first unit, its length, and where the document shows it, -1 if nowhere
   */
  visit(first: number, last: number, visitor: (unit: number, length: number, shownAt: number) => void): void {
    const { spans, index } = this
    let span = first === NO_UNIT ? spans.first : index.find(first)
    let shown = span === NO_SPAN ? 0 : spans.shownBefore(span)
    for (; span !== NO_SPAN; span = spans.next(span)) {
      const unit = spans.idOf(span)
      const length = spans.lengthOf(span)
      const isGone = spans.isGone(span)
      const from = first >= unit && first < unit + length ? first : unit
      const isLast = last >= unit && last < unit + length
      const to = isLast ? last + 1 : unit + length
      visitor(from, to - from, isGone ? -1 : shown + from - unit)
      if (isLast) return
      if (!isGone) shown += length
    }
  }
}
