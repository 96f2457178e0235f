/** No unit: what lies before the first one and after the last. */
export const NO_UNIT = -1

/**
 * What marks need to know of a sequence while ops are concurrent: all units since a version that every
 * later op knows, deleted ones too, in document order, and which of them an op's author saw.
 *
 * Ops are named by numbers that ascend in the order in which they came; each op takes as many as it
 * deletes and inserts, one at least. Units are numbered likewise: first those that were shown at the start,
 * by their positions, then one for each number of an op, so that deletions leave gaps.
 */
export interface AnchorSource {
  /** The first op that was not part of the start. */
  readonly start: number
  /** The first op that is not taken yet. */
  readonly end: number
  /**
   * Moves to the version that an op was made at, without the op.
   * @param moved hears which numbers left the prepared version and which joined it
   */
  prepare(op: number, moved?: (first: number, last: number, isKnown: boolean) => void): void
  /** The unit at a position of the prepared version, {@link NO_UNIT} beyond its ends. */
  unitAt(position: number): number
  /** Takes in the prepared op, the next one, which is then part of the prepared version. Returns its first unit. */
  take(op: number): number
  /** Below 0 when unit `a` stands before unit `b` in the document, 0 when they are the same. */
  compare(a: number, b: number): number
  /**
   * Visits all units from one to another in document order; {@link NO_UNIT} means from the first, to the last.
   * @param visitor is told of each run its first unit, its length, and where the document shows it, -1 if nowhere
   */
  visit(first: number, last: number, visitor: (unit: number, length: number, shownAt: number) => void): void
}
