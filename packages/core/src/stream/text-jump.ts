import type { TextDelta } from '@flowsync/crdt'
import { findEdit } from '../text-field/text-edit.js'

/**
 * The one replacement that turns a text into another, for listeners that track positions when a value
 * jumped. Empty for equal texts and for values that are no texts. It cuts no surrogate pair in half.
 */
export function jumpOf(before: unknown, after: unknown): readonly TextDelta[] {
  if (typeof before !== 'string' || typeof after !== 'string') return []
  const edit = findEdit(before, after, after.length)
  return edit ? [edit] : []
}
