/**
 * One change of a text, in UTF-16 units: at `position`, `deleteCount` units go and `insert` takes their
 * place. Of several, each applies to the text that the ones before have left.
 */
export interface TextDelta {
  readonly position: number
  readonly deleteCount: number
  readonly insert: string
}

/** The text after some changes, which must be changes of this text. */
export function applyTextDeltas(text: string, deltas: readonly TextDelta[]): string {
  let result = text
  for (const { position, deleteCount, insert } of deltas) {
    result = result.slice(0, position) + insert + result.slice(position + deleteCount)
  }
  return result
}

/** Adds a change to others before it, to the last of them when the two are one change. */
export function addTextDelta(deltas: TextDelta[], delta: TextDelta): void {
  const { position, deleteCount, insert } = delta
  if (deleteCount === 0 && insert === '') return
  const last = deltas.at(-1)
  if (last?.insert !== '' || last.position !== position) deltas.push(delta)
  else deltas[deltas.length - 1] = { position, deleteCount: last.deleteCount + deleteCount, insert }
}
