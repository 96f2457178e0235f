import type { SessionEdit } from './session.js'

/**
 * Translates edits whose positions count Unicode code points into UTF-16 units, edit by edit.
 *
 * It keeps only the places of the characters above U+FFFF, which count two units each: recorded texts are nearly
 * free of them, and then a position is its own translation.
 */
export class CodePointConverter {
  /** Code point positions of the characters that take two units, ascending. */
  private wide: number[] = []

  convert(position: number, deleteCount: number, insert: string): SessionEdit {
    const first = lowerBound(this.wide, position)
    const last = lowerBound(this.wide, position + deleteCount)
    const edit = { position: position + first, deleteCount: deleteCount + (last - first), insert }

    const inserted: number[] = []
    let length = 0
    for (const character of insert) {
      if (character.length === 2) inserted.push(position + length)
      length++
    }
    if (this.wide.length > 0 || inserted.length > 0) {
      const shift = length - deleteCount
      const after = this.wide.slice(last).map((place) => place + shift)
      this.wide = [...this.wide.slice(0, first), ...inserted, ...after]
    }
    return edit
  }
}

/** Index of the first item at or above `value`. */
function lowerBound(items: readonly number[], value: number): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((items[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
