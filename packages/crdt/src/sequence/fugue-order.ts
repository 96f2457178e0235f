import type { SpanIndex } from './span-index.js'
import { NO_SPAN, NO_UNIT } from './span-store.js'
import type { Span } from './span-store.js'
import type { SpanTree } from './span-tree.js'

/**
 * Finds the place of units that an op inserts to the right of a unit, among units that were inserted
 * there concurrently: the order of FugueMax (Weidner & Kleppmann, "The Art of the Fugue: Minimizing
 * Interleaving in Collaborative Text Editing", 2023), found by scanning as Yjs and eg-walker do.
 *
 * Units with the same left origin stand in the opposite order of their right origins, and by op id
 * where those are the same. So a run is never interleaved with a concurrent one, typed forwards or backwards.
 *
 * @param left the span that ends with `originLeft`; NO_SPAN at the beginning of the text
 * @param right the next span that is there at the prepared version, deleted or not
 * @param precedes whether the id of the new op comes before that of the op which inserted a unit
 * @returns the span to the left of the new units
 */
export function insertionPoint(
  spans: SpanTree,
  index: SpanIndex,
  left: Span,
  right: Span,
  originLeft: number,
  precedes: (unit: number) => boolean,
): Span {
  const originRight = right < 0 ? NO_UNIT : spans.idOf(right)
  if (right >= 0 && spans.originLeftOf(right) === originLeft) {
    // In the tree of Fugue the units go to the left of `right`; nothing else can have gone there
    // unless what stands before it was put before it.
    const before = spans.previous(right)
    if (before < 0 || spans.originRightOf(before) !== originRight) return before
  }

  let after = left
  // Set behind a unit that goes to the right of the new ones, unless one further on goes to their left.
  let isTentative = false
  let other = left < 0 ? spans.first : spans.next(left)
  for (; other !== NO_SPAN && other !== right; other = spans.next(other)) {
    const side = compareLeft(spans, index, spans.originLeftOf(other), originLeft)
    if (side < 0) break
    if (side === 0) {
      const reach = compareRight(spans, index, spans.originRightOf(other), originRight)
      if (reach === 0 && precedes(spans.idOf(other))) break
      isTentative = reach < 0
    }
    if (!isTentative) after = other
  }
  return after
}

/** Orders left origins; none is the leftmost. */
function compareLeft(spans: SpanTree, index: SpanIndex, a: number, b: number): number {
  if (a === b) return 0
  if (a === NO_UNIT) return -1
  if (b === NO_UNIT) return 1
  return compareUnits(spans, index, a, b)
}

/** Orders right origins; none is the rightmost. */
function compareRight(spans: SpanTree, index: SpanIndex, a: number, b: number): number {
  if (a === b) return 0
  if (a === NO_UNIT) return 1
  if (b === NO_UNIT) return -1
  return compareUnits(spans, index, a, b)
}

/** Negative when unit `a` stands before unit `b` in the document, 0 when they are the same. */
export function compareUnits(spans: SpanTree, index: SpanIndex, a: number, b: number): number {
  const spanA = index.find(a)
  const spanB = index.find(b)
  return spanA === spanB ? a - b : spans.compare(spanA, spanB)
}
