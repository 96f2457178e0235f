/** No unit: what lies before the first one and after the last. */
export const NO_UNIT = -1

/**
 * Units that were inserted from left to right and have fared alike since. Each unit but the first has
 * its left neighbour as left origin; all have the same right origin.
 */
export interface Span {
  /** The first unit; the others follow in number. */
  readonly id: number
  length: number
  /** The unit that was visible to the left when the first one was inserted. */
  readonly originLeft: number
  /** The next unit to the right then, deleted or not. */
  readonly originRight: number
  /** At the prepared version: 0 not inserted yet, 1 visible, n + 1 deleted by n ops. */
  state: number
  /** Whether the document has lost it. */
  isRemoved: boolean
  /** Where it is in the tree. */
  leaf: Leaf | undefined
}

interface Counts {
  /** Units visible at the prepared version. */
  prepared: number
  /** Units inserted at the prepared version, deleted or not. */
  present: number
  /** Units that the document shows. */
  shown: number
}

/** Spans beside one another, the lowest level of a span tree. */
export interface Leaf extends Counts {
  readonly kind: 'leaf'
  readonly spans: Span[]
  parent: Branch | undefined
  previous: Leaf | undefined
  next: Leaf | undefined
}

/** The upper levels of a span tree. */
export interface Branch extends Counts {
  readonly kind: 'branch'
  readonly nodes: Node[]
  parent: Branch | undefined
}

export type Node = Leaf | Branch

/** How many of a span's units are visible at the prepared version. */
export function preparedOf(span: Span): number {
  return span.state === 1 ? span.length : 0
}

/** How many of a span's units are inserted at the prepared version. */
export function presentOf(span: Span): number {
  return span.state === 0 ? 0 : span.length
}

/** How many of a span's units the document shows. */
export function shownOf(span: Span): number {
  return span.isRemoved ? 0 : span.length
}

/** A leaf to the right of another one. */
export function createLeaf(spans: Span[], previous: Leaf | undefined): Leaf {
  const next = previous?.next
  const leaf: Leaf = {
    kind: 'leaf',
    spans,
    parent: undefined,
    previous,
    next,
    prepared: 0,
    present: 0,
    shown: 0,
  }
  if (previous) previous.next = leaf
  if (next) next.previous = leaf
  for (const span of spans) {
    span.leaf = leaf
    leaf.prepared += preparedOf(span)
    leaf.present += presentOf(span)
    leaf.shown += shownOf(span)
  }
  return leaf
}

/** A branch over nodes beside one another. */
export function createBranch(nodes: Node[]): Branch {
  const branch: Branch = { kind: 'branch', nodes, parent: undefined, prepared: 0, present: 0, shown: 0 }
  for (const node of nodes) {
    node.parent = branch
    branch.prepared += node.prepared
    branch.present += node.present
    branch.shown += node.shown
  }
  return branch
}
