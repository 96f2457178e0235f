import type { TextEdit } from './text-edit.js'

/**
 * A stream's text as a field shows it. A `<textarea>` shows CRLF and a lone CR as one LF, an `<input>` shows no line
 * break at all, so positions in the field and in the stream differ. Positions are UTF-16 units.
 */
export interface ShownText {
  /** The stream's text. */
  readonly text: string
  /** The same text as `field.value` gives it back. */
  readonly value: string
  /** The place in the stream of a caret in the field; before breaks that the field hides there. */
  toStream(position: number): number
  /** The place in the field of a position in the stream. */
  toField(position: number): number
  /** The edit of the stream that an edit of the field stands for. It never joins a CR and an LF that were two breaks. */
  toStreamEdit(edit: TextEdit): TextEdit
}

/** Shows `text` in a `<textarea>` (`isMultiline`) or an `<input>`. */
export function showText(text: string, isMultiline: boolean): ShownText {
  const hidden = isMultiline ? hiddenInTextarea(text) : hiddenInInput(text)
  if (hidden === undefined) {
    const same = (position: number): number => position
    return { text, value: text, toStream: same, toField: same, toStreamEdit: (edit) => edit }
  }
  const toField = (position: number): number => position - countBelow(hidden, position)
  const toStream = (position: number): number =>
    position + countBy(hidden, (unit, index) => unit - index < position)
  /** Behind breaks that are hidden at the position: a deletion in an `<input>` spares them. */
  const behindHidden = (position: number): number =>
    position + countBy(hidden, (unit, index) => unit - index <= position)
  return {
    text,
    value: isMultiline ? text.replace(/\r\n?/g, '\n') : text.replace(/[\r\n]/g, ''),
    toField,
    toStream,
    toStreamEdit({ position, deleteCount, insert }) {
      const isRange = deleteCount > 0 && !isMultiline
      const start = isRange ? behindHidden(position) : toStream(position)
      const edit = { position: start, deleteCount: toStream(position + deleteCount) - start, insert }
      return isMultiline ? keepBreaksApart(text, edit) : edit
    },
  }
}

/** Where a position of a field, which holds an edit that `shown` lacks, is in the stream with that edit. */
export function afterEdit(
  shown: ShownText,
  typed: TextEdit | undefined,
  edit: TextEdit | undefined,
  position: number,
): number {
  if (!typed || !edit || position < typed.position) return shown.toStream(position)
  const behind = position - typed.position - typed.insert.length
  if (behind <= 0) return edit.position + edit.insert.length + behind
  return shown.toStream(typed.position + typed.deleteCount + behind) + edit.insert.length - edit.deleteCount
}

/** The CRs of CRLFs; undefined when the text has no CR, which makes both texts the same. */
function hiddenInTextarea(text: string): number[] | undefined {
  if (!text.includes('\r')) return undefined
  const hidden: number[] = []
  for (let at = text.indexOf('\r\n'); at >= 0; at = text.indexOf('\r\n', at + 2)) hidden.push(at)
  return hidden
}

function hiddenInInput(text: string): number[] | undefined {
  const hidden = [...text.matchAll(/[\r\n]/g)].map(({ index }) => index)
  return hidden.length === 0 ? undefined : hidden
}

/** An LF that comes to stand behind a lone CR would make one break of two: the CR becomes an LF. */
function keepBreaksApart(text: string, edit: TextEdit): TextEdit {
  const { position, deleteCount, insert } = edit
  const next = insert === '' ? text[position + deleteCount] : insert[0]
  if (next !== '\n' || text[position - 1] !== '\r') return edit
  return { position: position - 1, deleteCount: deleteCount + 1, insert: `\n${insert}` }
}

function countBelow(sorted: readonly number[], limit: number): number {
  return countBy(sorted, (unit) => unit < limit)
}

/** How many items at the start of a list fulfil a condition that no later one does. */
function countBy(sorted: readonly number[], isIn: (unit: number, index: number) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isIn(sorted[middle] as number, middle)) low = middle + 1
    else high = middle
  }
  return low
}
