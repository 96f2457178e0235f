import { GONE, LEAF, LENGTH, NO_SPAN, STATE, SpanStore, VIEWS, doubled } from './span-store.js'
import type { Span } from './span-store.js'

type Node = number

// A node's cells; its items follow. A leaf's items are spans, an inner node's are nodes.
const COUNT = 0
const PARENT = 1
/** Units that the document shows. */
const SHOWN = 2
const NEXT = 3
const IS_LEAF = 4
/** Units visible at the prepared version: one for each view, */
const PREPARED = 5
/** and units inserted there, deleted or not. */
const PRESENT = PREPARED + VIEWS
const ITEMS = PRESENT + VIEWS
const MAX_ITEMS = 24
const NODE_CELLS = ITEMS + MAX_ITEMS

/**
 * All units that a tracker knows in document order, deleted ones too: a B-tree of spans, in two typed
 * arrays. It counts units in two ways, so that a position at the prepared version, and the position in
 * the document that belongs to it, are found in logarithmic time. Nothing is ever taken out.
 *
 * As in the {@link SpanStore}, what is said of the prepared version is said of the view that was selected.
 */
export class SpanTree extends SpanStore {
  private nodes = new Int32Array(4 * NODE_CELLS)
  private nodeEnd = 0
  private root: Node = 0

  /** What {@link find} found: a span, which of its units, and how many units the document shows before the span. */
  found: Span = NO_SPAN
  offset = 0
  shown = 0

  constructor() {
    super()
    this.clear()
  }

  /** Forgets all spans. */
  clear(): void {
    this.clearSpans()
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
    return this.nodes[this.root + PREPARED + this.view] as number
  }

  get first(): Span {
    // The leftmost leaf is the first node there was.
    return this.nodes[COUNT] === 0 ? NO_SPAN : (this.nodes[ITEMS] as number)
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
    const state = STATE + this.view
    const present = PRESENT + this.view
    let node: Node = span < 0 ? 0 : this.leafOf(span)
    let cell = span < 0 ? node + ITEMS : this.cellOf(node, span) + 1
    for (const end = node + ITEMS + (nodes[node + COUNT] as number); cell < end; cell++) {
      if (spans[(nodes[cell] as number) + state] !== 0) return nodes[cell] as number
    }
    for (let parent = nodes[node + PARENT] as number; parent >= 0; parent = nodes[node + PARENT] as number) {
      const end = parent + ITEMS + (nodes[parent + COUNT] as number)
      for (cell = this.cellOf(parent, node) + 1; cell < end; cell++) {
        if (nodes[(nodes[cell] as number) + present] !== 0) return this.firstPresent(nodes[cell] as number)
      }
      node = parent
    }
    return NO_SPAN
  }

  private firstPresent(top: Node): Span {
    const { nodes, spans, view } = this
    let node = top
    while (nodes[node + IS_LEAF] === 0) {
      let cell = node + ITEMS
      while (nodes[(nodes[cell] as number) + PRESENT + view] === 0) cell++
      node = nodes[cell] as number
    }
    let cell = node + ITEMS
    while (spans[(nodes[cell] as number) + STATE + view] === 0) cell++
    return nodes[cell] as number
  }

  /** Finds the unit at a position of the prepared version, which must be below `preparedLength`. */
  find(position: number): void {
    const { nodes, spans } = this
    const prepared = PREPARED + this.view
    const state = STATE + this.view
    let rest = position
    let shown = 0
    let node = this.root
    while (nodes[node + IS_LEAF] === 0) {
      let cell = node + ITEMS
      let child = nodes[cell] as number
      for (
        let units = nodes[child + prepared] as number;
        rest >= units;
        units = nodes[child + prepared] as number
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
      if (spans[span + state] === 1) {
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

  /** Adds visible units to the right of a span, or before all others. Other views do not know them yet. */
  insertAfter(left: Span, id: number, length: number, originLeft: number, originRight: number): Span {
    const span = this.addSpan(id, length, originLeft, originRight)
    const leaf = left < 0 ? 0 : this.leafOf(left)
    this.addCounts(leaf, length, length, length)
    this.put(leaf, left < 0 ? leaf + ITEMS : this.cellOf(leaf, left) + 1, span)
    return span
  }

  /** Cuts a span in two and returns the right part, which begins with the unit at `offset`. */
  split(span: Span, offset: number): Span {
    const right = this.splitSpan(span, offset)
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
    nodes[node + SHOWN] = 0
    nodes.fill(0, node + PREPARED, node + ITEMS)
    const end = node + ITEMS + (nodes[node + COUNT] as number)
    for (let cell = node + ITEMS; cell < end; cell++) {
      const item = nodes[cell] as number
      if (nodes[node + IS_LEAF] === 0) {
        nodes[item + PARENT] = node
        this.add(node + SHOWN, nodes[item + SHOWN] as number)
        for (let count = PREPARED; count < ITEMS; count++)
          this.add(node + count, nodes[item + count] as number)
        continue
      }
      const length = spans[item + LENGTH] as number
      spans[item + LEAF] = node
      if (spans[item + GONE] === 0) this.add(node + SHOWN, length)
      for (let view = 0; view < VIEWS; view++) {
        const state = spans[item + STATE + view] as number
        if (state === 1) this.add(node + PREPARED + view, length)
        if (state !== 0) this.add(node + PRESENT + view, length)
      }
    }
  }

  private add(cell: number, count: number): void {
    this.nodes[cell] = (this.nodes[cell] as number) + count
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
    const cell = span + STATE + this.view
    const before = spans[cell] as number
    const after = before + change
    const length = spans[span + LENGTH] as number
    spans[cell] = after
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
    const { nodes, view } = this
    for (let node = leaf; node >= 0; node = nodes[node + PARENT] as number) {
      this.add(node + PREPARED + view, prepared)
      this.add(node + PRESENT + view, present)
      this.add(node + SHOWN, shown)
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
