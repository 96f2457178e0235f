import type { Json } from '../json.js'
import type { Mark, MarkSet } from './mark.js'
import type { Run } from './run-list.js'

/** Marks by name: the value of each, or for a mark that is kept beside others an array of all values. */
export type MarkValues = Readonly<Record<string, Json>>

/** A stretch of text that has the same marks all along; its neighbours have others. */
export interface RichTextSpan<Marks = MarkValues> {
  readonly text: string
  readonly marks: Marks
}

/** A text with marks. Deeply frozen plain data. */
export interface RichText<Marks = MarkValues> {
  /** Without marks. */
  readonly text: string
  /** All of the text, in order; empty for an empty text. A span keeps its reference until it changes. */
  readonly spans: readonly RichTextSpan<Marks>[]
}

/** How many units have the same marks. */
export interface MarkRun {
  readonly length: number
  readonly marks: MarkValues
}

export const EMPTY_RICH_TEXT: RichText = Object.freeze({ text: '', spans: Object.freeze([]) })

interface Shown {
  readonly values: MarkValues
  /** Tells values apart. */
  readonly json: string
}

const shownSets = new WeakMap<MarkSet, Shown>()

/** The values that a reader sees. */
function shownOf(set: MarkSet): Shown {
  const known = shownSets.get(set)
  if (known) return known
  const values: Record<string, Json> = {}
  for (const { name } of set) {
    if (Object.hasOwn(values, name)) continue
    const value = valueOf(set.filter((mark) => mark.name === name))
    // An assignment to `__proto__` would change the prototype instead of adding a member.
    Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true })
  }
  const shown = { values: Object.freeze(values), json: JSON.stringify(values) }
  shownSets.set(set, shown)
  return shown
}

function valueOf(marks: readonly Mark[]): Json {
  const several = marks.filter(({ multi }) => multi)
  if (several.length > 0) return Object.freeze(several.map(({ json }) => json.value))
  return marks[0]?.json.value ?? null
}

/** Runs as a reader sees them: neighbours that differ in nothing that is shown are one. */
export function shownRuns(runs: readonly Run<MarkSet>[]): MarkRun[] {
  const result: MarkRun[] = []
  let former: Shown | undefined
  for (const { length, value } of runs) {
    const shown = shownOf(value)
    const last = result.at(-1)
    if (last && former?.json === shown.json) {
      result[result.length - 1] = { length: last.length + length, marks: last.marks }
    } else result.push({ length, marks: shown.values })
    former = shown
  }
  return result
}

/** A text with its marks, which must be as long as it; what is as in the former value keeps its reference. */
export function richTextOf(text: string, runs: readonly Run<MarkSet>[], former: RichText): RichText {
  let at = 0
  const spans = shownRuns(runs).map(({ length, marks }): RichTextSpan => {
    const start = at
    at += length
    return { text: text.slice(start, at), marks }
  })
  const reused = withFormer(spans, former.spans)
  const isSame =
    spans.length === former.spans.length && reused.every((span, index) => span === former.spans[index])
  return isSame ? former : Object.freeze({ text, spans: Object.freeze(reused) })
}

/** Takes the spans of the former value where it began or ended alike. */
function withFormer(
  spans: readonly RichTextSpan[],
  former: readonly RichTextSpan[],
): readonly RichTextSpan[] {
  const shift = former.length - spans.length
  const isSame = (span: RichTextSpan, other: RichTextSpan | undefined) =>
    other?.text === span.text && hasSameValues(span.marks, other.marks)
  let head = 0
  while (head < spans.length && isSame(spans[head] as RichTextSpan, former[head])) head++
  let tail = spans.length
  while (tail > head && isSame(spans[tail - 1] as RichTextSpan, former[tail - 1 + shift])) tail--
  return spans.map((span, index) => {
    if (index < head) return former[index] as RichTextSpan
    return index >= tail ? (former[index + shift] as RichTextSpan) : Object.freeze(span)
  })
}

function hasSameValues(a: MarkValues, b: MarkValues): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
