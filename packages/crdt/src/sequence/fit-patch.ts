import type { TextDelta } from '../text-delta.js'

/**
 * Makes a patch fit the text it is for; the one rule for whatever arrives, the same on every replica.
 *
 * A range that reaches beyond the text is cut. One that begins or ends within a surrogate pair is
 * widened to all of the pair, and text inserted within a pair goes before it.
 *
 * @param isTail whether the unit at a position, below `length`, is the second half of a pair
 */
export function fitPatch(patch: TextDelta, length: number, isTail: (position: number) => boolean): TextDelta {
  const isWithinPair = (position: number) => position > 0 && position < length && isTail(position)
  const start = Math.min(patch.position, length)
  const end = start + Math.min(patch.deleteCount, length - start)
  const position = isWithinPair(start) ? start - 1 : start
  const deleteCount = end === start ? 0 : (isWithinPair(end) ? end + 1 : end) - position
  return { position, deleteCount, insert: patch.insert }
}
