import { commonHead, commonTail } from './common-ends.js'
import type { TextDelta } from './text-delta.js'

/**
 * Carries an edit of one text over to another, by what both have in common at their beginning and at
 * their end. Of a deletion, what lies in the common parts is done; text in between that the author
 * never saw goes only when the deletion reaches across it from one part to the other.
 *
 * Returns undefined when nothing is left to do.
 */
export function rebaseTextDelta(delta: TextDelta, before: string, after: string): TextDelta | undefined {
  const headEnd = commonHead(before, after)
  const tailLength = commonTail(before, after, headEnd)
  const tailStart = before.length - tailLength
  const shift = after.length - before.length

  const from = Math.min(delta.position, before.length)
  const to = from + Math.min(delta.deleteCount, before.length - from)
  const touchesHead = from < headEnd && to > from
  const touchesTail = to > tailStart && to > from

  const inTail = from >= tailStart && from > headEnd
  const insertAt = inTail ? from + shift : Math.min(from, tailStart + shift)
  const start = touchesTail && !touchesHead ? Math.max(from, tailStart) + shift : insertAt
  const end = touchesTail ? to + shift : touchesHead ? Math.min(to, headEnd) : start
  const { insert } = delta
  return end === start && insert === '' ? undefined : { position: start, deleteCount: end - start, insert }
}
