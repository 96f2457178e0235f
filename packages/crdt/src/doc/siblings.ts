import { compareStamps } from '../clock.js'
import type { Stamp } from '../clock.js'
import type { Made } from './op-marks.js'

/** One of the concurrent writes of a register. */
export interface Sibling extends Made {
  readonly stamp: Stamp
}

/** The stamp of what was written when its container was made: every later write has seen it. */
export const FIRST_STAMP: Stamp = Object.freeze({ ms: 0, count: 0 })

/** Adds a write to those that it does not replace; the winner stands last, in the same way everywhere. */
export function withSibling<Item extends Sibling>(kept: readonly Item[], added: Item): readonly Item[] {
  return kept.length === 0 ? [added] : [...kept, added].sort(compareSiblings)
}

function compareSiblings(left: Sibling, right: Sibling): number {
  const byStamp = compareStamps(left.stamp, right.stamp)
  if (byStamp !== 0) return byStamp
  if (left.mark.replica === right.mark.replica) return left.counter - right.counter
  return left.mark.replica < right.mark.replica ? -1 : 1
}
