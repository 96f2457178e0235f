import type { TextDelta } from './text-delta.js'

/** On which side of text that is inserted just there a position stays: `before` it or `after` it. */
export type PositionAffinity = 'before' | 'after'

/**
 * Where a caret or the end of a selection goes when a text changes, in UTF-16 units. A position inside
 * deleted text goes to an end of what took its place, by its affinity; one at an edge of deleted text keeps its side.
 *
 * ```ts
 * caret = mapPosition(caret, deltas, 'before')
 * ```
 */
export function mapPosition(
  position: number,
  deltas: readonly TextDelta[],
  affinity: PositionAffinity,
): number {
  let mapped = position
  for (const { position: start, deleteCount, insert } of deltas) {
    const end = start + deleteCount
    const isPureInsert = deleteCount === 0
    if (mapped < start || (mapped === start && !isPureInsert)) continue
    if (mapped > end || (mapped === end && !isPureInsert)) mapped += insert.length - deleteCount
    else mapped = affinity === 'before' ? start : start + insert.length
  }
  return mapped
}
