import type { Stamp } from '../clock.js'
import type { ReplicaId } from '../op.js'
import type { TextDelta } from '../text-delta.js'
import { countNodes } from './node.js'
import type { ContainerType, DocNode } from './node.js'

/**
 * Names a container or a list element by the counter of the node it was made from, and by who made
 * it: the op with this seq, the author of the op that bears the name, or some other replica.
 */
export type NodeName =
  | { readonly by: 'seq'; readonly seq: number; readonly counter: number }
  | { readonly by: 'author'; readonly counter: number }
  | { readonly by: 'replica'; readonly replica: ReplicaId; readonly counter: number }

/** Which container an op changes: one that an op has made, or one that is there from the beginning. */
export type DocTarget =
  | { readonly kind: 'made'; readonly name: NodeName }
  | {
      readonly kind: 'fixed'
      readonly type: ContainerType
      /** Keys from the root, which is the fixed map without any. */
      readonly path: readonly string[]
    }

/** Elements with consecutive counters. */
export interface NameRun {
  readonly first: NodeName
  readonly length: number
}

/** Units that leave a sequence. */
export interface RemovalStep {
  readonly position: number
  /** At least 1. */
  readonly deleteCount: number
}

/** What an op does to its container. Positions of a list are those of its sequence. */
export type DocChange =
  | { readonly kind: 'set'; readonly key: string; readonly stamp: Stamp; readonly node: DocNode }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'insert'; readonly position: number; readonly nodes: readonly DocNode[] }
  | {
      readonly kind: 'remove'
      /** Never empty; each applies to the sequence that the ones before have left. */
      readonly steps: readonly RemovalStep[]
      /** The elements that go; a concurrent move of one does not save it. */
      readonly elements: readonly NameRun[]
    }
  | {
      readonly kind: 'assign'
      readonly element: NodeName
      readonly stamp: Stamp
      readonly node: DocNode
    }
  | {
      readonly kind: 'move'
      readonly element: NodeName
      readonly from: number
      /** After the element was taken from where it stood. */
      readonly to: number
      readonly stamp: Stamp
    }
  | { readonly kind: 'text'; readonly delta: TextDelta }
  | { readonly kind: 'count'; readonly amount: number }

/** One op on a document. */
export interface DocBody {
  readonly target: DocTarget
  readonly change: DocChange
}

/** Which container each kind of change is for. */
export const CHANGED_TYPE: Readonly<Record<DocChange['kind'], ContainerType>> = {
  set: 'map',
  delete: 'map',
  insert: 'list',
  remove: 'list',
  assign: 'list',
  move: 'list',
  text: 'text',
  count: 'counter',
}

/** How many counters a body takes: one for each node, and one for each unit that a sequence gains or loses. */
export function countOfBody({ change }: DocBody): number {
  switch (change.kind) {
    case 'set':
    case 'assign':
      return countNodes(change.node)
    case 'insert':
      return change.nodes.reduce<number>((sum, node) => sum + countNodes(node), 0)
    case 'remove':
      return change.steps.reduce((sum, { deleteCount }) => sum + deleteCount, 0)
    case 'move':
      return 2
    case 'text':
      return change.delta.deleteCount + change.delta.insert.length
    case 'delete':
    case 'count':
      return 1
  }
}
