/** A span's handle. */
export type Span = number

/** No span: what lies before the first and after the last. */
export const NO_SPAN = -1
/** No unit: what lies before the first and after the last. */
export const NO_UNIT = -1
/** How many versions spans can be prepared at, side by side. */
export const VIEWS = 4

// A span's cells. Handles are the index of the first.
const ID = 0
export const LENGTH = 1
const LEFT = 2
const RIGHT = 3
export const GONE = 4
export const LEAF = 5
/** One for each view. */
export const STATE = 6
const SPAN_CELLS = STATE + VIEWS

/**
 * Spans in a typed array. A span is units that were inserted from left to right and have fared alike since.
 * Each unit but the first has its left neighbour as left origin; all have the same right origin.
 *
 * There are several views, each prepared at a version of its own. What is said of the prepared version is
 * said of the view that was selected.
 */
export class SpanStore {
  protected spans = new Int32Array(16 * SPAN_CELLS)
  protected view = 0
  private end = 0

  /** Selects a view, below {@link VIEWS}. */
  select(view: number): void {
    this.view = view
  }

  protected clearSpans(): void {
    this.end = 0
  }

  private newSpan(): Span {
    const span = this.end
    this.end += SPAN_CELLS
    if (this.end > this.spans.length) this.spans = doubled(this.spans)
    return span
  }

  /** Adds a visible span. Other views do not know it yet. */
  protected addSpan(id: number, length: number, originLeft: number, originRight: number): Span {
    const span = this.newSpan()
    const { spans } = this
    spans.fill(0, span, span + SPAN_CELLS)
    spans[span + ID] = id
    spans[span + LENGTH] = length
    spans[span + LEFT] = originLeft
    spans[span + RIGHT] = originRight
    spans[span + STATE + this.view] = 1
    return span
  }

  /** Cuts a span in two; the right one begins with the unit at `offset`. */
  protected splitSpan(span: Span, offset: number): Span {
    const right = this.newSpan()
    const { spans } = this
    spans.copyWithin(right, span, span + SPAN_CELLS)
    const id = this.idOf(span) + offset
    spans[right + ID] = id
    spans[right + LENGTH] = this.lengthOf(span) - offset
    spans[right + LEFT] = id - 1
    spans[span + LENGTH] = offset
    return right
  }

  /** The first unit of a span; the others follow in number. */
  idOf(span: Span): number {
    return this.spans[span + ID] as number
  }

  lengthOf(span: Span): number {
    return this.spans[span + LENGTH] as number
  }

  /** The unit that was visible to the left when the first one was inserted. */
  originLeftOf(span: Span): number {
    return this.spans[span + LEFT] as number
  }

  /** The next unit to the right then, deleted or not. */
  originRightOf(span: Span): number {
    return this.spans[span + RIGHT] as number
  }

  /** At the prepared version: 0 not inserted yet, 1 visible, n + 1 deleted by n ops. */
  stateOf(span: Span): number {
    return this.spans[span + STATE + this.view] as number
  }

  /** Whether no other view knows it yet. */
  isOnlyInView(span: Span): boolean {
    for (let view = 0; view < VIEWS; view++) {
      if (view !== this.view && this.spans[span + STATE + view] !== 0) return false
    }
    return true
  }

  /** Whether the document has lost it. */
  isGone(span: Span): boolean {
    return this.spans[span + GONE] !== 0
  }
}

/** A copy with room for as much again. */
export function doubled(cells: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(cells.length * 2)
  grown.set(cells)
  return grown
}
