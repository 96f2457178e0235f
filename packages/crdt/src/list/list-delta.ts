/**
 * One change of a list: at `position`, `deleteCount` items go and those of `insert` take their place. Of
 * several, each applies to the list that the ones before have left. A replaced item is both, a moved
 * one is two changes.
 */
export interface ListDelta<T> {
  readonly position: number
  readonly deleteCount: number
  readonly insert: readonly T[]
}

/** The list after some changes, which must be changes of this list. */
export function applyListDeltas<T>(list: readonly T[], deltas: readonly ListDelta<T>[]): readonly T[] {
  if (deltas.length === 0) return list
  const result = [...list]
  for (const { position, deleteCount, insert } of deltas) result.splice(position, deleteCount, ...insert)
  return result
}
