import { NO_MARKS, inherited, isMark, sortedByKey } from './mark.js'
import type { Mark, MarkChange, MarkSet } from './mark.js'
import type { TrackedMark } from './tracked-mark.js'
import { compareWriters, isReplacedBy } from './tracked-mark.js'

/** What decides about one key of a unit. */
export interface Verdict {
  readonly change: MarkChange
  /** The op that it comes from; undefined when all ops of the tracker know it. */
  readonly from: TrackedMark | undefined
}

/** What is known of the marks of a unit while ops are concurrent. Never changed. */
export interface UnitMarks {
  /** What it had from its neighbours when it was inserted, by what its author knew; one verdict a key. */
  readonly born: readonly Verdict[]
  /** Ops that mark or unmark it and that its author did not know, in the order in which they came. */
  readonly later: readonly TrackedMark[]
}

export const UNMARKED: UnitMarks = { born: [], later: [] }

/** Units that were there before all ops of the tracker. */
export function settledMarks(set: MarkSet): UnitMarks {
  return set.length === 0 ? UNMARKED : { born: set.map((change) => ({ change, from: undefined })), later: [] }
}

export function isSameUnitMarks(a: UnitMarks, b: UnitMarks): boolean {
  return (
    a === b ||
    (a.born.length === b.born.length &&
      a.later.length === b.later.length &&
      a.later.every((op, index) => op === b.later[index]) &&
      a.born.every(
        ({ change, from }, index) => change === b.born[index]?.change && from === b.born[index].from,
      ))
  )
}

/** What holds of a unit at a version, one verdict a key; removals are verdicts too. */
export function verdicts(unit: UnitMarks, isKnown: (op: TrackedMark) => boolean): readonly Verdict[] {
  const known = unit.later.filter(isKnown)
  if (known.length === 0) return unit.born
  const found = new Map(unit.born.map((verdict) => [verdict.change.key, verdict]))
  const byKey = new Map<string, TrackedMark[]>()
  for (const op of known) {
    const ops = byKey.get(op.change.key)
    if (ops) ops.push(op)
    else byKey.set(op.change.key, [op])
  }
  for (const [key, ops] of byKey) {
    const winner = winnerOf(ops, found.get(key)?.from)
    found.set(key, { change: winner.change, from: winner })
  }
  return [...found.values()]
}

/**
 * Of ops that nobody replaced who knew them, the one with the latest clock.
 * @param later in the order in which they came
 * @param born known to the author of the unit, who knew none of `later`
 */
function winnerOf(later: readonly TrackedMark[], born: TrackedMark | undefined): TrackedMark {
  const left: TrackedMark[] = []
  const add = (op: TrackedMark) => {
    // Who knew what one of these has replaced is replaced as well, so that looking at these is enough.
    if (!left.some((other) => isReplacedBy(op, other))) left.push(op)
  }
  for (let index = later.length - 1; index >= 0; index--) add(later[index] as TrackedMark)
  if (born) add(born)
  return left.reduce((winner, op) => (compareWriters(op, winner) > 0 ? op : winner))
}

/** The marks among verdicts. */
export function marksOf(found: readonly Verdict[]): MarkSet {
  const marks = found.map(({ change }) => change).filter(isMark)
  return marks.length === 0 ? NO_MARKS : sortedByKey(marks)
}

/**
 * What a unit has from its neighbours, by what its author saw of them. As a mark does, its removal goes
 * on too, so that a concurrent mark of the same key meets it in old text and new alike; but where a mark
 * goes on, no removal stands against it.
 */
export function bornBetween(left: readonly Verdict[], right: readonly Verdict[]): readonly Verdict[] {
  if (left === right) return left
  const born = inherited(marksOf(left), marksOf(right)).map((mark) => verdictOf(mark, left, right))
  const add = (verdict: Verdict) => {
    const { key } = verdict.change
    if (!born.some(({ change }) => change.key === key)) born.push(verdict)
  }
  for (const verdict of left) {
    const { isRemoval, expandsAfter, key } = verdict.change
    const isOnBoth = right.some(({ change }) => change.isRemoval && change.key === key)
    if (isRemoval && (expandsAfter || isOnBoth)) add(verdict)
  }
  for (const verdict of right) if (verdict.change.isRemoval && verdict.change.expandsBefore) add(verdict)
  return born
}

function verdictOf(mark: Mark, left: readonly Verdict[], right: readonly Verdict[]): Verdict {
  const isIt = ({ change }: Verdict) => change === mark
  return left.find(isIt) ?? right.find(isIt) ?? { change: mark, from: undefined }
}
