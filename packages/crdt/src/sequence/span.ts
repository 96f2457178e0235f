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
  /** Units that the document shows. */
  shown: number
}

/** Spans beside one another, the lowest level of a span tree. */
export interface Leaf extends Counts {
  readonly kind: 'leaf'
  readonly spans: Span[]
  parent: Branch | undefined
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

/** How many of a span's units the document shows. */
export function shownOf(span: Span): number {
  return span.isRemoved ? 0 : span.length
}

export function createLeaf(spans: Span[], next: Leaf | undefined): Leaf {
  const leaf: Leaf = { kind: 'leaf', spans, parent: undefined, next, prepared: 0, shown: 0 }
  for (const span of spans) {
    span.leaf = leaf
    leaf.prepared += preparedOf(span)
    leaf.shown += shownOf(span)
  }
  return leaf
}

export function createBranch(nodes: Node[]): Branch {
  const branch: Branch = { kind: 'branch', nodes, parent: undefined, prepared: 0, shown: 0 }
  for (const node of nodes) {
    node.parent = branch
    branch.prepared += node.prepared
    branch.shown += node.shown
  }
  return branch
}
