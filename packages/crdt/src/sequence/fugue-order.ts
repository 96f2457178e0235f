import type { SpanIndex } from './span-index.js'
import type { SpanTree } from './span-tree.js'
import { NO_UNIT } from './span.js'
import type { Span } from './span.js'

/** Where new units go. */
export interface InsertionPoint {
  /** The span to the left; undefined before all others. */
  readonly after: Span | undefined
  /** The unit that stood to the right at the prepared version, deleted or not. */
  readonly originRight: number
}

/**
 * Finds the place of units that an op inserts to the right of a unit, among units that were inserted
 * there concurrently: the order of FugueMax (Weidner & Kleppmann, "The Art of the Fugue: Minimizing
 * Interleaving in Collaborative Text Editing", 2023), found by scanning as Yjs and eg-walker do.
 *
 * Units with the same left origin stand in the opposite order of their right origins, and by op id
 * where those are the same. So a run is never interleaved with a concurrent one, typed forwards or backwards.
 *
 * @param left the span that ends with `originLeft`; undefined at the beginning of the text
 * @param precedes whether the id of the new op comes before that of the op which inserted a unit
 */
export function insertionPoint(
  spans: SpanTree,
  index: SpanIndex,
  left: Span | undefined,
  originLeft: number,
  precedes: (unit: number) => boolean,
): InsertionPoint {
  const first = left ? spans.next(left) : spans.first
  const right = spans.nextPresent(left)
  const originRight = right ? right.id : NO_UNIT
  if (right && right.originLeft === originLeft) {
    // In the tree of Fugue the units go to the left of `right`; nothing else can have gone there
    // unless what stands before it was put before it.
    const before = spans.previous(right)
    if (before?.originRight !== originRight) return { after: before, originRight }
  }

  let after = left
  // Set behind a unit that goes to the right of the new ones, unless one further on goes to their left.
  let isTentative = false
  for (let other = first; other && other !== right; other = spans.next(other)) {
    const side = compareLeft(spans, index, other.originLeft, originLeft)
    if (side < 0) break
    if (side === 0) {
      const reach = compareRight(spans, index, other.originRight, originRight)
      if (reach === 0 && precedes(other.id)) break
      isTentative = reach < 0
    }
    if (!isTentative) after = other
  }
  return { after, originRight }
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

function compareUnits(spans: SpanTree, index: SpanIndex, a: number, b: number): number {
  const spanA = index.find(a)
  const spanB = index.find(b)
  return spanA === spanB ? a - b : spans.compare(spanA, spanB)
}
