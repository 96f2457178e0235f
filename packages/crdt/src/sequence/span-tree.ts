/** A span's handle. */
export type Span = number
type Node = number

/** No span: what lies before the first and after the last. */
export const NO_SPAN = -1
/** No unit: what lies before the first and after the last. */
export const NO_UNIT = -1

// A span's cells. Handles are the index of the first.
const ID = 0
const LENGTH = 1
const LEFT = 2
const RIGHT = 3
const STATE = 4
const GONE = 5
const LEAF = 6
const SPAN_CELLS = 8

// A node's cells; its items follow. A leaf's items are spans, an inner node's are nodes.
const COUNT = 0
const PARENT = 1
/** Units visible at the prepared version. */
const PREPARED = 2
/** Units inserted at the prepared version, deleted or not. */
const PRESENT = 3
/** Units that the document shows. */
const SHOWN = 4
const NEXT = 5
const IS_LEAF = 6
const ITEMS = 8
const MAX_ITEMS = 24
const NODE_CELLS = ITEMS + MAX_ITEMS

type Cells = Int32Array<ArrayBuffer>

/**
 * All units that a tracker knows in document order, deleted ones too: a B-tree of spans, in two typed
 * arrays. It counts units in two ways, so that a position at the prepared version, and the position in
 * the document that belongs to it, are found in logarithmic time. Nothing is ever taken out.
 *
 * A span is units that were inserted from left to right and have fared alike since. Each unit but the
 * first has its left neighbour as left origin; all have the same right origin.
 */
export class SpanTree {
  private spans: Cells = new Int32Array(16 * SPAN_CELLS)
  private nodes: Cells = new Int32Array(4 * NODE_CELLS)
  private spanEnd = 0
  private nodeEnd = 0
  private root: Node = 0

  /** What {@link find} found: a span, which of its units, and how many units the document shows before the span. */
  found: Span = NO_SPAN
  offset = 0
  shown = 0

  constructor() {
    this.clear()
  }

  /** Forgets all spans. */
  clear(): void {
    this.spanEnd = 0
    this.nodeEnd = 0
    this.root = this.newNode(1)
  }

  private newNode(isLeaf: 0 | 1): Node {
    const node = this.nodeEnd
    this.nodeEnd += NODE_CELLS
    if (this.nodeEnd > this.nodes.length) this.nodes = doubled(this.nodes)
    this.nodes.fill(0, node, node + ITEMS)
    this.nodes[node + PARENT] = -1
    this.nodes[node + NEXT] = -1
    this.nodes[node + IS_LEAF] = isLeaf
    return node
  }

  /** How many units are visible at the prepared version. */
  get preparedLength(): number {
    return this.nodes[this.root + PREPARED] as number
  }

  get first(): Span {
    // The leftmost leaf is the first node there was.
    return this.nodes[COUNT] === 0 ? NO_SPAN : (this.nodes[ITEMS] as number)
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
    return this.spans[span + STATE] as number
  }

  /** Whether the document has lost it. */
  isGone(span: Span): boolean {
    return this.spans[span + GONE] !== 0
  }

  private leafOf(span: Span): Node {
    return this.spans[span + LEAF] as number
  }

  /** Where an item stands in its node: the index of its cell. */
  private cellOf(node: Node, item: number): number {
    const { nodes } = this
    let cell = node + ITEMS
    while (nodes[cell] !== item) cell++
    return cell
  }

  next(span: Span): Span {
    const { nodes } = this
    const leaf = this.leafOf(span)
    const cell = this.cellOf(leaf, span) + 1
    if (cell < leaf + ITEMS + (nodes[leaf + COUNT] as number)) return nodes[cell] as number
    const right = nodes[leaf + NEXT] as number
    return right < 0 ? NO_SPAN : (nodes[right + ITEMS] as number)
  }

  /** The span to the left. */
  previous(span: Span): Span {
    const { nodes } = this
    const leaf = this.leafOf(span)
    const cell = this.cellOf(leaf, span)
    if (cell > leaf + ITEMS) return nodes[cell - 1] as number
    let node = leaf
    for (let parent = nodes[node + PARENT] as number; parent >= 0; parent = nodes[node + PARENT] as number) {
      const at = this.cellOf(parent, node)
      if (at > parent + ITEMS) return this.lastOf(nodes[at - 1] as number)
      node = parent
    }
    return NO_SPAN
  }

  private lastOf(top: Node): Span {
    const { nodes } = this
    let node = top
    while (nodes[node + IS_LEAF] === 0)
      node = nodes[node + ITEMS + (nodes[node + COUNT] as number) - 1] as number
    return nodes[node + ITEMS + (nodes[node + COUNT] as number) - 1] as number
  }

  /** The first span to the right of another one, or of all, that is inserted at the prepared version. */
  nextPresent(span: Span): Span {
    const { nodes, spans } = this
    let node: Node = span < 0 ? 0 : this.leafOf(span)
    let cell = span < 0 ? node + ITEMS : this.cellOf(node, span) + 1
    for (const end = node + ITEMS + (nodes[node + COUNT] as number); cell < end; cell++) {
      if (spans[(nodes[cell] as number) + STATE] !== 0) return nodes[cell] as number
    }
    for (let parent = nodes[node + PARENT] as number; parent >= 0; parent = nodes[node + PARENT] as number) {
      const end = parent + ITEMS + (nodes[parent + COUNT] as number)
      for (cell = this.cellOf(parent, node) + 1; cell < end; cell++) {
        if (nodes[(nodes[cell] as number) + PRESENT] !== 0) return this.firstPresent(nodes[cell] as number)
      }
      node = parent
    }
    return NO_SPAN
  }

  private firstPresent(top: Node): Span {
    const { nodes, spans } = this
    let node = top
    while (nodes[node + IS_LEAF] === 0) {
      let cell = node + ITEMS
      while (nodes[(nodes[cell] as number) + PRESENT] === 0) cell++
      node = nodes[cell] as number
    }
    let cell = node + ITEMS
    while (spans[(nodes[cell] as number) + STATE] === 0) cell++
    return nodes[cell] as number
  }

  /** Finds the unit at a position of the prepared version, which must be below `preparedLength`. */
  find(position: number): void {
    const { nodes, spans } = this
    let rest = position
    let shown = 0
    let node = this.root
    while (nodes[node + IS_LEAF] === 0) {
      let cell = node + ITEMS
      let child = nodes[cell] as number
      for (
        let units = nodes[child + PREPARED] as number;
        rest >= units;
        units = nodes[child + PREPARED] as number
      ) {
        rest -= units
        shown += nodes[child + SHOWN] as number
        child = nodes[++cell] as number
      }
      node = child
    }
    let cell = node + ITEMS
    for (;;) {
      const span = nodes[cell++] as number
      const length = spans[span + LENGTH] as number
      if (spans[span + STATE] === 1) {
        if (rest < length) {
          this.found = span
          this.offset = rest
          this.shown = shown
          return
        }
        rest -= length
      }
      if (spans[span + GONE] === 0) shown += length
    }
  }

  /** Visits all spans from left to right. */
  walk(visit: (span: Span) => void): void {
    const { nodes } = this
    for (let leaf = 0; leaf >= 0; leaf = nodes[leaf + NEXT] as number) {
      const end = leaf + ITEMS + (nodes[leaf + COUNT] as number)
      for (let cell = leaf + ITEMS; cell < end; cell++) visit(nodes[cell] as number)
    }
  }

  /** How many units the document shows before a span: the span's position in it. */
  shownBefore(span: Span): number {
    const { nodes, spans } = this
    let node = this.leafOf(span)
    let shown = 0
    for (let cell = node + ITEMS; nodes[cell] !== span; cell++) {
      const other = nodes[cell] as number
      if (spans[other + GONE] === 0) shown += spans[other + LENGTH] as number
    }
    for (let parent = nodes[node + PARENT] as number; parent >= 0; parent = nodes[node + PARENT] as number) {
      for (let cell = parent + ITEMS; nodes[cell] !== node; cell++) {
        shown += nodes[(nodes[cell] as number) + SHOWN] as number
      }
      node = parent
    }
    return shown
  }

  private newSpan(
    id: number,
    length: number,
    left: number,
    right: number,
    state: number,
    gone: number,
  ): Span {
    const span = this.spanEnd
    this.spanEnd += SPAN_CELLS
    if (this.spanEnd > this.spans.length) this.spans = doubled(this.spans)
    const { spans } = this
    spans[span + ID] = id
    spans[span + LENGTH] = length
    spans[span + LEFT] = left
    spans[span + RIGHT] = right
    spans[span + STATE] = state
    spans[span + GONE] = gone
    return span
  }

  /** Adds visible units to the right of a span, or before all others. */
  insertAfter(left: Span, id: number, length: number, originLeft: number, originRight: number): Span {
    const span = this.newSpan(id, length, originLeft, originRight, 1, 0)
    const leaf = left < 0 ? 0 : this.leafOf(left)
    this.addCounts(leaf, length, length, length)
    this.put(leaf, left < 0 ? leaf + ITEMS : this.cellOf(leaf, left) + 1, span)
    return span
  }

  /** Cuts a span in two and returns the right part, which begins with the unit at `offset`. */
  split(span: Span, offset: number): Span {
    const id = this.idOf(span) + offset
    const length = this.lengthOf(span) - offset
    const gone = this.isGone(span) ? 1 : 0
    const right = this.newSpan(id, length, id - 1, this.originRightOf(span), this.stateOf(span), gone)
    this.spans[span + LENGTH] = offset
    const leaf = this.leafOf(span)
    this.put(leaf, this.cellOf(leaf, span) + 1, right)
    return right
  }

  private put(leaf: Node, cell: number, span: Span): void {
    this.spans[span + LEAF] = leaf
    this.putItem(leaf, cell, span)
  }

  /** Cuts a full node in two. */
  private halve(node: Node): void {
    const isLeaf = this.nodes[node + IS_LEAF] as 0 | 1
    const right = this.newNode(isLeaf)
    const { nodes } = this
    const kept = MAX_ITEMS / 2
    nodes.copyWithin(right + ITEMS, node + ITEMS + kept, node + ITEMS + MAX_ITEMS)
    nodes[node + COUNT] = kept
    nodes[right + COUNT] = MAX_ITEMS - kept
    if (isLeaf === 1) {
      nodes[right + NEXT] = nodes[node + NEXT] as number
      nodes[node + NEXT] = right
    }
    this.adopt(node)
    this.adopt(right)
    this.putBeside(node, right)
  }

  /** Makes a node the parent of its items, and counts them. */
  private adopt(node: Node): void {
    const { nodes, spans } = this
    nodes.fill(0, node + PREPARED, node + SHOWN + 1)
    const end = node + ITEMS + (nodes[node + COUNT] as number)
    for (let cell = node + ITEMS; cell < end; cell++) {
      const item = nodes[cell] as number
      if (nodes[node + IS_LEAF] === 0) {
        nodes[item + PARENT] = node
        this.count(
          node,
          nodes[item + PREPARED] as number,
          nodes[item + PRESENT] as number,
          nodes[item + SHOWN] as number,
        )
      } else {
        const length = spans[item + LENGTH] as number
        const state = spans[item + STATE] as number
        spans[item + LEAF] = node
        this.count(
          node,
          state === 1 ? length : 0,
          state === 0 ? 0 : length,
          spans[item + GONE] === 0 ? length : 0,
        )
      }
    }
  }

  private count(node: Node, prepared: number, present: number, shown: number): void {
    const { nodes } = this
    nodes[node + PREPARED] = (nodes[node + PREPARED] as number) + prepared
    nodes[node + PRESENT] = (nodes[node + PRESENT] as number) + present
    nodes[node + SHOWN] = (nodes[node + SHOWN] as number) + shown
  }

  /** Gives the right part of a node that was cut in two its place in the level above. */
  private putBeside(node: Node, right: Node): void {
    const parent = this.nodes[node + PARENT] as number
    if (parent < 0) {
      this.root = this.newNode(0)
      this.nodes[this.root + COUNT] = 2
      this.nodes[this.root + ITEMS] = node
      this.nodes[this.root + ITEMS + 1] = right
      this.adopt(this.root)
      return
    }
    this.nodes[right + PARENT] = parent
    this.putItem(parent, this.cellOf(parent, node) + 1, right)
  }

  private putItem(node: Node, cell: number, item: number): void {
    const { nodes } = this
    const count = nodes[node + COUNT] as number
    for (let at = node + ITEMS + count; at > cell; at--) nodes[at] = nodes[at - 1] as number
    nodes[cell] = item
    nodes[node + COUNT] = count + 1
    if (count + 1 === MAX_ITEMS) this.halve(node)
  }

  /** Lengthens a visible span by units that follow its last one in every respect. */
  extend(span: Span, count: number): void {
    const { spans } = this
    spans[span + LENGTH] = (spans[span + LENGTH] as number) + count
    this.addCounts(this.leafOf(span), count, count, count)
  }

  /** Counts a span in or out of the prepared version, or as deleted once more or once less there. */
  addState(span: Span, change: 1 | -1): void {
    const { spans } = this
    const before = spans[span + STATE] as number
    const after = before + change
    const length = spans[span + LENGTH] as number
    spans[span + STATE] = after
    const prepared = after === 1 ? length : before === 1 ? -length : 0
    const present = after === 0 ? -length : before === 0 ? length : 0
    if (prepared !== 0 || present !== 0) this.addCounts(this.leafOf(span), prepared, present, 0)
  }

  /** Marks a span as gone from the document. */
  remove(span: Span): void {
    this.spans[span + GONE] = 1
    this.addCounts(this.leafOf(span), 0, 0, -this.lengthOf(span))
  }

  private addCounts(leaf: Node, prepared: number, present: number, shown: number): void {
    for (let node = leaf; node >= 0; node = this.nodes[node + PARENT] as number) {
      this.count(node, prepared, present, shown)
    }
  }

  /** Negative when `a` stands before `b`; they must not be the same. */
  compare(a: Span, b: Span): number {
    const { nodes } = this
    let nodeA = this.leafOf(a)
    let nodeB = this.leafOf(b)
    if (nodeA === nodeB) return this.cellOf(nodeA, a) - this.cellOf(nodeB, b)
    // All leaves have the same depth, so both arrive below the common ancestor at once.
    while (nodes[nodeA + PARENT] !== nodes[nodeB + PARENT]) {
      nodeA = nodes[nodeA + PARENT] as number
      nodeB = nodes[nodeB + PARENT] as number
    }
    const parent = nodes[nodeA + PARENT] as number
    return this.cellOf(parent, nodeA) - this.cellOf(parent, nodeB)
  }
}

function doubled(cells: Cells): Cells {
  const grown = new Int32Array(cells.length * 2)
  grown.set(cells)
  return grown
}
