import type { SessionEdit } from '@flowsync/testkit/sessions'
import { GapText } from '../crdt/floor/gap-text.js'

/** The text that edits give, one after the other from nothing. */
export function textOf(edits: readonly SessionEdit[]): string {
  const text = new GapText()
  for (const { position, deleteCount, insert } of edits) text.splice(position, deleteCount, insert)
  return text.toString()
}
