import { commonHead, commonTail } from '../common-ends.js'
import type { TextDelta } from '../text-delta.js'
import type { TextBuffer } from './text-buffer.js'

/**
 * An edit of a text without what it would take away only to put it back, at its beginning and then at its end: a
 * word that replaces a text in which only that word is new. No surrogate pair is cut in half.
 * @param edit that fits the text; what it inserts is well-formed
 */
export function trimEdit(text: TextBuffer, edit: TextDelta): TextDelta {
  const { position, deleteCount, insert } = edit
  if (deleteCount === 0 || insert === '') return edit
  const taken = text.slice(position, position + deleteCount)
  const head = commonHead(taken, insert)
  const tail = commonTail(taken, insert, head)
  if (head + tail === 0) return edit
  return {
    position: position + head,
    deleteCount: deleteCount - head - tail,
    insert: insert.slice(head, insert.length - tail),
  }
}
