import type { TextDelta } from '../text-delta.js'
import type { Json } from '../json.js'
import type { MarkRun, RichText, RichTextSpan } from './rich-text-value.js'

/**
 * One change of a rich text: units go, text takes their place, and then the units from `position` on have
 * the marks that `runs` lists. Of several, each applies to the text that the ones before have left.
 *
 * A change of marks alone deletes and inserts nothing, so that every one of them is a {@link TextDelta}
 * too and carets can be mapped through it.
 */
export interface RichTextDelta extends TextDelta {
  /** For inserted text, all of it; for a change of marks, all text that may have changed. */
  readonly runs: readonly MarkRun[]
}

/** The text after some changes, which must be changes of this text. */
export function applyRichTextDeltas(value: RichText, deltas: readonly RichTextDelta[]): RichText {
  let { spans } = value
  for (const { position, deleteCount, insert, runs } of deltas) {
    const rest = cut(spans, position + deleteCount, Infinity)
    const marked = insert + textOf(rest)
    let at = 0
    const changed = runs.map(({ length, marks }) => ({ text: marked.slice(at, (at += length)), marks }))
    spans = [...cut(spans, 0, position), ...changed, ...cut(rest, at - insert.length, Infinity)]
  }
  const joined = join(spans)
  return { text: textOf(joined), spans: joined }
}

function textOf(spans: readonly RichTextSpan[]): string {
  return spans.map(({ text }) => text).join('')
}

function cut(spans: readonly RichTextSpan[], from: number, to: number): readonly RichTextSpan[] {
  let at = 0
  return spans.flatMap(({ text, marks }) => {
    const start = at
    at += text.length
    const part = text.slice(Math.max(0, from - start), Math.max(0, to - start))
    return part === '' ? [] : [{ text: part, marks }]
  })
}

function join(spans: readonly RichTextSpan[]): readonly RichTextSpan[] {
  const joined: RichTextSpan[] = []
  for (const span of spans) {
    const last = joined.at(-1)
    if (last && keyOf(last.marks) === keyOf(span.marks)) {
      joined[joined.length - 1] = { text: last.text + span.text, marks: last.marks }
    } else joined.push(span)
  }
  return joined
}

function keyOf(marks: Readonly<Record<string, Json>>): string {
  return JSON.stringify(Object.entries(marks))
}
