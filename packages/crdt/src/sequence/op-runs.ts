import { Column } from './column.js'
import type { LocalVersion } from './version.js'

/** What the units of a run do. */
export type OpKind = typeof INSERT | typeof DELETE | typeof BACKSPACE | typeof NOTHING

/** Each unit is inserted behind the one before; the position is that of the first. */
export const INSERT = 0
/** Each unit deletes what stands at the position. */
export const DELETE = 1
/** Each unit deletes what stands before what the one before deleted; the position is that of the first. */
export const BACKSPACE = 2
/** An op of which nothing was left: one unit that does nothing. */
export const NOTHING = 3

/**
 * What each unit of a graph does, run-length: enough to find the place of a concurrent op among others.
 * Units of one run are consecutive, and each was made on the one before.
 */
export class OpRuns {
  private readonly starts = new Column('int32')
  /** 4 * position + kind. */
  private readonly places = new Column('int32')
  /** How many units were inserted before the run. */
  private readonly contents = new Column('int32')
  /** How long the visible sequence was before the run, here where it was appended. */
  private readonly lengths = new Column('int32')
  /** Units, ascending, that deleted the second half of a surrogate pair. */
  private readonly tails: LocalVersion[] = []
  private end = 0
  private inserted = 0
  private lastKind: OpKind = NOTHING
  private lastStart = 0
  private lastPosition = 0
  private readonly firstLength: number

  /** @param firstLength of the visible sequence before the first op */
  constructor(firstLength: number) {
    this.firstLength = firstLength
  }

  get count(): number {
    return this.starts.length
  }

  /** How many units were inserted in all. */
  get insertedCount(): number {
    return this.inserted
  }

  /** Whether what is inserted at a position follows what the last unit inserted. */
  endsInsertAt(position: number): boolean {
    return this.lastKind === INSERT && position === this.lastPosition + this.end - this.lastStart
  }

  /** Lengthens the last run by inserted units, which must follow what it inserted. */
  extendInsert(count: number): void {
    this.end += count
    this.inserted += count
  }

  /**
   * Adds what the next units do.
   * @param follows whether the first of them was made on the unit before
   * @param length of the visible sequence just before
   */
  append(kind: OpKind, position: number, count: number, length: number, follows: boolean): void {
    if (follows && this.join(kind, position, count)) return
    this.lastKind = kind
    this.lastStart = this.end
    this.lastPosition = position
    this.starts.push(this.end)
    this.places.push(position * 4 + kind)
    this.contents.push(this.inserted)
    this.lengths.push(length)
    this.end += count
    if (kind === INSERT) this.inserted += count
  }

  private join(kind: OpKind, position: number, count: number): boolean {
    if (kind === INSERT) {
      const follows = this.endsInsertAt(position)
      if (follows) this.extendInsert(count)
      return follows
    }
    if (kind === NOTHING || this.count === 0) return false
    const run = this.count - 1
    const length = this.end - this.lastStart
    if (
      kind === this.lastKind &&
      position === (kind === DELETE ? this.lastPosition : this.lastPosition - length)
    ) {
      this.end += count
      return true
    }
    // Two single deletions, the second to the left of the first: somebody holds the backspace key.
    const turns = kind === DELETE && count === 1 && position === this.lastPosition - length
    if (!turns || (this.lastKind !== BACKSPACE && (this.lastKind !== DELETE || length !== 1))) return false
    if (this.hasTails && this.tails[this.tails.length - 1] === this.end - 1) return false
    this.lastKind = BACKSPACE
    this.places.set(run, this.lastPosition * 4 + BACKSPACE)
    this.end++
    return true
  }

  /** The run that holds a unit. */
  runAt(version: LocalVersion): number {
    return this.starts.lastUpTo(version)
  }

  startOf(run: number): LocalVersion {
    return this.starts.at(run)
  }

  endOf(run: number): LocalVersion {
    return run + 1 < this.starts.length ? this.starts.at(run + 1) : this.end
  }

  kindOf(run: number): OpKind {
    return (this.places.at(run) & 3) as OpKind
  }

  /** What units of a run do, seen by themselves: one backspace is a deletion. */
  kindWithin(run: number, from: LocalVersion, to: LocalVersion): OpKind {
    const kind = this.kindOf(run)
    return kind === BACKSPACE && to - from === 1 ? DELETE : kind
  }

  /** Where a unit of a run does what it does, at its own version. */
  positionOf(run: number, version: LocalVersion): number {
    const place = this.places.at(run)
    const position = place >> 2
    const kind = place & 3
    if (kind === INSERT) return position + version - this.starts.at(run)
    return kind === BACKSPACE ? position - version + this.starts.at(run) : position
  }

  /** How many units were inserted before a unit of a run. */
  contentBefore(run: number, version: LocalVersion): number {
    const content = this.contents.at(run)
    return this.kindOf(run) === INSERT ? content + version - this.starts.at(run) : content
  }

  /** How long the visible sequence was before a unit, if its author knew all units before. */
  lengthBefore(version: LocalVersion): number {
    if (this.count === 0) return this.firstLength
    const run = this.runAt(version)
    const length = this.lengths.at(run)
    const kind = this.kindOf(run)
    const offset = version - this.starts.at(run)
    return kind === INSERT ? length + offset : kind === NOTHING ? length : length - offset
  }

  /** Notes which of the deleting units from `first` on took the second half of a surrogate pair. */
  noteTails(first: LocalVersion, offsets: readonly number[]): void {
    for (const offset of offsets) this.tails.push(first + offset)
  }

  get hasTails(): boolean {
    return this.tails.length > 0
  }

  /** Whether a deleting unit took the second half of a surrogate pair. */
  isTail(version: LocalVersion): boolean {
    const { tails } = this
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle] as number) < version) low = middle + 1
      else high = middle
    }
    return tails[low] === version
  }
}
