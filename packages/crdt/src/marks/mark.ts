import type { JsonText } from '../json.js'

/** What is asked of a stretch of text: to carry a value under a name, or to lose it. */
export interface MarkChange {
  /** Such as `bold`; see {@link isMarkName}. */
  readonly name: string
  /** True: marks of this name with different values stand beside one another, as comments do. */
  readonly multi: boolean
  /** Whether text that is typed just before gets the mark. */
  readonly expandsBefore: boolean
  /** Whether text that is typed just behind gets the mark. */
  readonly expandsAfter: boolean
  /** What excludes one another: all marks of a name, or equal values of a multi mark. */
  readonly key: string
  /** Undefined when a mark is removed that is not a multi mark: nothing needs to be said of its value. */
  readonly json: JsonText | undefined
  readonly isRemoval: boolean
}

/** A mark as text carries it. */
export interface Mark extends MarkChange {
  readonly json: JsonText
  readonly isRemoval: false
}

/** The marks of one stretch of text by ascending key, at most one of each. Never changed. */
export type MarkSet = readonly Mark[]

export const NO_MARKS: MarkSet = Object.freeze([])

// Control characters never stand in a name, so that one can tell names and values apart in a key.
const NAME = /^[^\p{Cc}\p{Cs}]{1,64}$/u

/** True for one to 64 characters that are no control characters. */
export function isMarkName(name: string): boolean {
  return NAME.test(name)
}

/** A change with its key. */
export function markChange(parts: Omit<MarkChange, 'key'>): MarkChange {
  const { name, multi, json } = parts
  return { ...parts, key: multi && json ? `${name}\0${json.text}` : name }
}

export function isMark(change: MarkChange): change is Mark {
  return !change.isRemoval
}

/** True when two marks look alike: the same name, the same value. */
function isSameValue(a: Mark, b: Mark): boolean {
  return a === b || (a.key === b.key && a.json.text === b.json.text)
}

/** True when two marks look alike and go on alike where text is typed. */
function isSameMark(a: Mark, b: Mark): boolean {
  if (a === b) return true
  return isSameValue(a, b) && a.expandsBefore === b.expandsBefore && a.expandsAfter === b.expandsAfter
}

export function isSameSet(a: MarkSet, b: MarkSet): boolean {
  return a === b || (a.length === b.length && a.every((mark, index) => isSameMark(mark, b[index] as Mark)))
}

/** A set after a change: the same one when it has already what is asked. */
export function changed(set: MarkSet, change: MarkChange): MarkSet {
  const former = set.find(({ key }) => key === change.key)
  if (!isMark(change)) return former ? set.filter((mark) => mark !== former) : set
  if (former && isSameMark(former, change)) return set
  return sortedByKey([...set.filter((mark) => mark !== former), change])
}

/** Marks of different keys in their order. */
export function sortedByKey(marks: readonly Mark[]): MarkSet {
  return [...marks].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/**
 * The marks of text that is typed between two neighbours: those that both carry, of the left one alone
 * those that expand after, of the right one alone those that expand before.
 */
export function inherited(left: MarkSet, right: MarkSet): MarkSet {
  if (left === right) return left
  const marks = left.filter((mark) => {
    const other = right.find(({ key }) => key === mark.key)
    return mark.expandsAfter || (other !== undefined && isSameValue(mark, other))
  })
  for (const mark of right) {
    if (mark.expandsBefore && !marks.some(({ key }) => key === mark.key)) marks.push(mark)
  }
  return marks.length === 0 ? NO_MARKS : sortedByKey(marks)
}
