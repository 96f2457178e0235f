import { mapPosition, type TextDelta } from '@flowsync/crdt'
import type { TextEdit } from './text-edit.js'

/** An edit of an older text, as it applies to the text after `deltas`. */
export interface CarriedEdit {
  /** In the order they are to be applied, each on the result of the former. */
  readonly edits: readonly TextEdit[]
  /** Maps a position in the older text with the edit to one in the newer text with the edit. */
  readonly mapCaret: (position: number) => number
}

/**
 * Carries an edit through what others changed meanwhile: it deletes what it deleted then and nothing
 * that was written into that range since, and inserts where the text around it went.
 */
export function carryEdit(edit: TextEdit | undefined, deltas: readonly TextDelta[]): CarriedEdit {
  if (!edit) return { edits: [], mapCaret: (position) => mapPosition(position, deltas, 'before') }
  if (deltas.length === 0) return { edits: [edit], mapCaret: (position) => position }

  const deletions = survivingRanges(edit.position, edit.deleteCount, deltas)
  const first = deletions[0]
  const insertAt = first ? first.position : mapPosition(edit.position, deltas, 'before')
  const edits: TextEdit[] = deletions.slice(1).reverse()
  if (first) edits.push({ ...first, insert: edit.insert })
  else if (edit.insert) edits.push({ position: insertAt, deleteCount: 0, insert: edit.insert })

  return {
    edits,
    mapCaret(position) {
      const insertEnd = edit.position + edit.insert.length
      if (position < edit.position) return mapPosition(position, deltas, 'before')
      if (position <= insertEnd) return insertAt + (position - edit.position)
      const moved = mapPosition(position - edit.insert.length + edit.deleteCount, deltas, 'before')
      return mapPosition(moved, edits, 'after')
    },
  }
}

/** Where the units of a range of the older text are now, as deletions in ascending order. */
function survivingRanges(position: number, length: number, deltas: readonly TextDelta[]): TextEdit[] {
  let ranges: Range[] = length > 0 ? [{ start: position, end: position + length }] : []
  for (const { position: at, deleteCount, insert } of deltas) {
    const behind = at + deleteCount
    const shift = insert.length - deleteCount
    const next: Range[] = []
    for (const { start, end } of ranges) {
      if (start < at) add(next, start, Math.min(end, at))
      if (end > behind) add(next, Math.max(start, behind) + shift, end + shift)
    }
    ranges = next
  }
  return ranges.map(({ start, end }) => ({ position: start, deleteCount: end - start, insert: '' }))
}

interface Range {
  readonly start: number
  readonly end: number
}

/** Adds a range behind the others, to the last one where they touch. */
function add(ranges: Range[], start: number, end: number): void {
  const last = ranges.at(-1)
  if (last?.end === start) ranges[ranges.length - 1] = { start: last.start, end }
  else ranges.push({ start, end })
}
