import type { OpId } from '../op.js'

/** One unit in a list that is kept sorted by `compareItems`. */
export interface Item<Op extends OpId> {
  readonly op: Op
  readonly counter: number
  readonly char: string
  readonly parent: Item<Op> | undefined
  readonly side: 'left' | 'right'
  readonly rightOrigin: Item<Op> | undefined
  readonly depth: number
  readonly deletedBy: Set<Op>
}

/**
 * Orders units by the paths that lead to them in the tree of FugueMax, which is never walked as a whole:
 * another way to the same order than that of `GraphReference`, so that each checks the other.
 */
function compareItems<Op extends OpId>(a: Item<Op>, b: Item<Op>): number {
  if (a === b) return 0
  let branchA: Item<Op> | undefined
  let branchB: Item<Op> | undefined
  let upA: Item<Op> | undefined = a
  let upB: Item<Op> | undefined = b
  while (upA !== upB) {
    const depthA: number = upA?.depth ?? 0
    const depthB: number = upB?.depth ?? 0
    if (depthA >= depthB) {
      branchA = upA
      upA = upA?.parent
    }
    if (depthB >= depthA) {
      branchB = upB
      upB = upB?.parent
    }
  }
  if (!branchA) return branchB?.side === 'left' ? 1 : -1
  if (!branchB) return branchA.side === 'left' ? -1 : 1
  return compareSiblings(branchA, branchB)
}

function compareSiblings<Op extends OpId>(a: Item<Op>, b: Item<Op>): number {
  if (a.side !== b.side) return a.side === 'left' ? -1 : 1
  if (a.side === 'right' && a.rightOrigin !== b.rightOrigin) {
    if (!a.rightOrigin) return -1
    if (!b.rightOrigin) return 1
    return compareItems(b.rightOrigin, a.rightOrigin)
  }
  if (a.op.replica !== b.op.replica) return a.op.replica < b.op.replica ? -1 : 1
  return a.op.counter - b.op.counter
}

/** Puts a unit where it belongs in a sorted list. */
export function place<Op extends OpId>(items: Item<Op>[], item: Item<Op>): void {
  let from = 0
  let to = items.length
  while (from < to) {
    const middle = (from + to) >>> 1
    const other = items[middle]
    if (other && compareItems(other, item) < 0) from = middle + 1
    else to = middle
  }
  items.splice(from, 0, item)
}
