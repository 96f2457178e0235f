/** One change to a text: at `position`, `deleteCount` UTF-16 units gave way to `insert`. */
export interface TextEdit {
  readonly position: number
  readonly deleteCount: number
  readonly insert: string
}

/**
 * The edit that turned `before` into `after`, or undefined when they are equal.
 *
 * A text alone cannot say where in a run of equal letters one was typed; the caret can: it stands
 * behind what was inserted. The edit found never begins or ends inside a surrogate pair.
 *
 * @param caret where the caret stands in `after`
 */
export function findEdit(before: string, after: string, caret: number): TextEdit | undefined {
  if (before === after) return undefined
  const longestSuffix = Math.min(before.length, after.length - Math.min(caret, after.length))
  let suffix = commonSuffix(before, after, longestSuffix)
  let prefix = commonPrefix(before, after, Math.min(before.length, after.length) - suffix)
  // The caret may stand elsewhere (a drop, a script): whatever lies behind it can still be shared.
  suffix = commonSuffix(before, after, Math.min(before.length, after.length) - prefix)
  if (splitsPair(before, prefix) || splitsPair(after, prefix)) prefix--
  if (splitsPair(before, before.length - suffix) || splitsPair(after, after.length - suffix)) suffix--
  return {
    position: prefix,
    deleteCount: before.length - suffix - prefix,
    insert: after.slice(prefix, after.length - suffix),
  }
}

function commonPrefix(a: string, b: string, limit: number): number {
  let length = 0
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++
  return length
}

function commonSuffix(a: string, b: string, limit: number): number {
  let length = 0
  while (length < limit && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length))
    length++
  return length
}

/** True when `index` lies between the two halves of a surrogate pair. */
function splitsPair(text: string, index: number): boolean {
  const left = text.charCodeAt(index - 1)
  const right = text.charCodeAt(index)
  return left >= 0xd800 && left <= 0xdbff && right >= 0xdc00 && right <= 0xdfff
}
