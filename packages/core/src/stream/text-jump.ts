import type { TextDelta } from '@flowsync/crdt'

/**
 * The one replacement that turns a text into another, for listeners that track positions when a value
 * jumped. Empty for equal texts and for values that are no texts.
 */
export function jumpOf(before: unknown, after: unknown): readonly TextDelta[] {
  if (typeof before !== 'string' || typeof after !== 'string' || before === after) return []
  const shorter = Math.min(before.length, after.length)
  let position = 0
  while (position < shorter && before[position] === after[position]) position++
  let same = 0
  while (same < shorter - position && before.at(-1 - same) === after.at(-1 - same)) same++
  const insert = after.slice(position, after.length - same)
  return [{ position, deleteCount: before.length - position - same, insert }]
}
