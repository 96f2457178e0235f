/** What a register of a document holds: everything that is not a container. */
export type DocScalar = string | number | boolean | null

/** What kinds of containers there are, in the order of their numbers on the wire. */
export const CONTAINER_TYPES = ['map', 'list', 'text', 'counter'] as const
export type ContainerType = (typeof CONTAINER_TYPES)[number]

/** A container with what it begins with. */
export type ContainerNode =
  | {
      readonly type: 'map'
      /** Keys in ascending order of their code units, none twice. */
      readonly entries: readonly (readonly [key: string, node: DocNode])[]
    }
  | { readonly type: 'list'; readonly items: readonly DocNode[] }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'counter'; readonly amount: number }

/**
 * A value as one op brings it. Its nodes take one counter each, a parent before its children; that
 * counter, with the replica, names the container or the list element which the node becomes.
 */
export type DocNode = DocScalar | ContainerNode

/** True for null, booleans, numbers and strings. */
export function isScalar<Other>(value: DocScalar | Other): value is DocScalar {
  return value === null || typeof value !== 'object'
}

/** How many counters a node takes. */
export function countNodes(node: DocNode): number {
  let count = 1
  for (const child of childrenOf(node)) count += countNodes(child)
  return count
}

/** How many levels of containers a node has: 0 for a scalar. */
export function depthOf(node: DocNode): number {
  if (isScalar(node)) return 0
  let deepest = 0
  for (const child of childrenOf(node)) deepest = Math.max(deepest, depthOf(child))
  return deepest + 1
}

function childrenOf(node: DocNode): readonly DocNode[] {
  if (isScalar(node)) return NONE
  if (node.type === 'list') return node.items
  return node.type === 'map' ? node.entries.map(([, child]) => child) : NONE
}

const NONE: readonly DocNode[] = []
