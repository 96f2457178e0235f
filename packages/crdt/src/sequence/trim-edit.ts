import type { TextDelta } from '../text-delta.js'
import type { TextBuffer } from './text-buffer.js'

/**
 * An edit of a text without what it would take away only to put it back, at its beginning and then at its end: a
 * word that replaces a text in which only that word is new. No surrogate pair is cut in half.
 * @param edit that fits the text; what it inserts is well-formed
 */
export function trimEdit(text: TextBuffer, edit: TextDelta): TextDelta {
  const { position, deleteCount, insert } = edit
  const { length } = insert
  const most = Math.min(deleteCount, length)
  if (most === 0) return edit
  const taken = text.slice(position, position + deleteCount)

  let head = 0
  while (head < most && taken.charCodeAt(head) === insert.charCodeAt(head)) head++
  if (head > 0 && isFirstHalf(insert.charCodeAt(head - 1))) head--

  let tail = 0
  while (
    head + tail < most &&
    taken.charCodeAt(deleteCount - 1 - tail) === insert.charCodeAt(length - 1 - tail)
  ) {
    tail++
  }
  if (tail > 0 && isSecondHalf(insert.charCodeAt(length - tail))) tail--

  if (head + tail === 0) return edit
  return {
    position: position + head,
    deleteCount: deleteCount - head - tail,
    insert: insert.slice(head, length - tail),
  }
}

/** Whether a UTF-16 unit is the first half of a surrogate pair. */
export function isFirstHalf(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800
}

/** Whether a UTF-16 unit is the second half of a surrogate pair. */
export function isSecondHalf(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
}
