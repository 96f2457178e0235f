import { createBranch, createLeaf, preparedOf, presentOf, shownOf } from './span.js'
import type { Leaf, Node, Span } from './span.js'

/** One unit: the span that holds it, and which of the span's units it is. */
export interface Place {
  readonly span: Span
  readonly offset: number
}

const MAX_ITEMS = 32

/**
 * All units that a tracker knows in document order, deleted ones too: a B-tree of spans. It counts
 * units in two ways, so that a position at the prepared version, and the position in the document that
 * belongs to it, are found in logarithmic time. Nothing is ever taken out.
 */
export class SpanTree {
  private root: Node
  private readonly firstLeaf: Leaf

  constructor() {
    this.firstLeaf = createLeaf([], undefined)
    this.root = this.firstLeaf
  }

  /** How many units are visible at the prepared version. */
  get preparedLength(): number {
    return this.root.prepared
  }

  get first(): Span | undefined {
    return this.firstLeaf.spans[0]
  }

  next(span: Span): Span | undefined {
    const leaf = leafOf(span)
    return leaf.spans[leaf.spans.indexOf(span) + 1] ?? leaf.next?.spans[0]
  }

  previous(span: Span): Span | undefined {
    const leaf = leafOf(span)
    return leaf.spans[leaf.spans.indexOf(span) - 1] ?? leaf.previous?.spans.at(-1)
  }

  /** The first span to the right of another one, or of all, that is inserted at the prepared version. */
  nextPresent(span: Span | undefined): Span | undefined {
    let node: Node = span ? leafOf(span) : this.firstLeaf
    const { spans } = node
    for (let index = span ? spans.indexOf(span) + 1 : 0; index < spans.length; index++) {
      const other = spans[index] as Span
      if (other.state !== 0) return other
    }
    for (let { parent } = node; parent; { parent } = parent) {
      const from = parent.nodes.indexOf(node) + 1
      const sibling = parent.nodes.find((other, index) => index >= from && other.present > 0)
      if (sibling) return firstPresent(sibling)
      node = parent
    }
    return undefined
  }

  /** The unit at a position of the prepared version, which must be below `preparedLength`. */
  find(position: number): Place {
    let rest = position
    let node = this.root
    while (node.kind === 'branch') {
      let index = 0
      let child = node.nodes[0] as Node
      while (rest >= child.prepared) {
        rest -= child.prepared
        child = node.nodes[++index] as Node
      }
      node = child
    }
    let index = 0
    let span = node.spans[0] as Span
    while (rest >= preparedOf(span)) {
      rest -= preparedOf(span)
      span = node.spans[++index] as Span
    }
    return { span, offset: rest }
  }

  /** How many units the document shows before a span: the span's position in it. */
  shownBefore(span: Span): number {
    const leaf = leafOf(span)
    let count = 0
    for (const other of leaf.spans) {
      if (other === span) break
      count += shownOf(other)
    }
    let node: Node = leaf
    for (let { parent } = node; parent; { parent } = parent) {
      for (const sibling of parent.nodes) {
        if (sibling === node) break
        count += sibling.shown
      }
      node = parent
    }
    return count
  }

  /** Adds a span to the right of another one, or before all others. */
  insertAfter(left: Span | undefined, span: Span): void {
    const leaf = left ? leafOf(left) : this.firstLeaf
    addCounts(leaf, preparedOf(span), presentOf(span), shownOf(span))
    this.put(leaf, left ? leaf.spans.indexOf(left) + 1 : 0, span)
  }

  /** Cuts a span in two and returns the right part, which begins with the unit at `offset`. */
  split(span: Span, offset: number): Span {
    const leaf = leafOf(span)
    const right: Span = {
      id: span.id + offset,
      length: span.length - offset,
      originLeft: span.id + offset - 1,
      originRight: span.originRight,
      state: span.state,
      isRemoved: span.isRemoved,
      leaf,
    }
    span.length = offset
    this.put(leaf, leaf.spans.indexOf(span) + 1, right)
    return right
  }

  private put(leaf: Leaf, index: number, span: Span): void {
    span.leaf = leaf
    leaf.spans.splice(index, 0, span)
    if (leaf.spans.length <= MAX_ITEMS) return
    const right = createLeaf(leaf.spans.splice(MAX_ITEMS / 2), leaf)
    this.putBeside(leaf, right)
  }

  /** Gives the right part of a node that was cut in two its place in the level above. */
  private putBeside(node: Node, right: Node): void {
    node.prepared -= right.prepared
    node.present -= right.present
    node.shown -= right.shown
    const { parent } = node
    if (!parent) {
      this.root = createBranch([node, right])
      return
    }
    right.parent = parent
    parent.nodes.splice(parent.nodes.indexOf(node) + 1, 0, right)
    if (parent.nodes.length <= MAX_ITEMS) return
    this.putBeside(parent, createBranch(parent.nodes.splice(MAX_ITEMS / 2)))
  }

  /** Lengthens a span by units that follow its last one in every respect. */
  extend(span: Span, count: number): void {
    span.length += count
    const { state, isRemoved } = span
    addCounts(leafOf(span), state === 1 ? count : 0, state === 0 ? 0 : count, isRemoved ? 0 : count)
  }

  setState(span: Span, state: number): void {
    const prepared = preparedOf(span)
    const present = presentOf(span)
    span.state = state
    addCounts(leafOf(span), preparedOf(span) - prepared, presentOf(span) - present, 0)
  }

  /** Marks a span as gone from the document. */
  remove(span: Span): void {
    addCounts(leafOf(span), 0, 0, -shownOf(span))
    span.isRemoved = true
  }

  /** Negative when `a` stands before `b`; they must not be the same. */
  compare(a: Span, b: Span): number {
    const leafA = leafOf(a)
    const leafB = leafOf(b)
    if (leafA === leafB) return leafA.spans.indexOf(a) - leafA.spans.indexOf(b)
    let nodeA: Node = leafA
    let nodeB: Node = leafB
    // All leaves have the same depth, so both arrive below the common ancestor at once.
    while (nodeA.parent && nodeB.parent && nodeA.parent !== nodeB.parent) {
      nodeA = nodeA.parent
      nodeB = nodeB.parent
    }
    const siblings: readonly Node[] = nodeA.parent?.nodes ?? []
    return siblings.indexOf(nodeA) - siblings.indexOf(nodeB)
  }
}

function leafOf(span: Span): Leaf {
  return span.leaf as Leaf
}

function firstPresent(top: Node): Span | undefined {
  let node: Node | undefined = top
  while (node?.kind === 'branch') node = node.nodes.find(({ present }) => present > 0)
  return node?.spans.find(({ state }) => state !== 0)
}

function addCounts(leaf: Leaf, prepared: number, present: number, shown: number): void {
  if (prepared === 0 && present === 0 && shown === 0) return
  for (let node: Node | undefined = leaf; node; node = node.parent) {
    node.prepared += prepared
    node.present += present
    node.shown += shown
  }
}
