import type { OpId } from '../op.js'
import type { Content, Patch } from './engine.js'
import type { OpHead } from './stream-history.js'
import { StreamSequence } from './stream-sequence.js'

export type { OpHead } from './stream-history.js'

/** What an op does to a sequence, at the version it was made at: some units go, others take their place. */
export type SequencePatch = Patch

/** What becomes of the visible sequence. Of several, each applies to what the ones before have left; one has all that the op inserts. */
export type SequenceChange = Patch

/** A visible sequence of which nothing but its length is known. */
class Length implements Content {
  readonly hasPairs = false
  length: number
  changes: SequenceChange[] = []

  constructor(length: number) {
    this.length = length
  }

  isTail(): boolean {
    return false
  }

  tailsWithin(): readonly number[] {
    return NONE
  }

  change(position: number, deleteCount: number, insertCount: number): void {
    this.length += insertCount - deleteCount
    this.changes.push({ position, deleteCount, insertCount })
  }
}

const NONE: readonly number[] = Object.freeze([])

/** The order of a sequence of units of any kind that many edit at once. */
export class Sequence {
  private readonly units: Length
  private readonly stream: StreamSequence

  /**
   * @param length of the visible sequence at the floor
   * @param floor the seq up to which it was folded; nothing else is known of the ops up to there
   */
  constructor(length: number, floor: number) {
    this.units = new Length(length)
    this.stream = new StreamSequence(this.units, floor)
  }

  /** The lowest `base` of an op that can be merged. */
  get floor(): number {
    return this.stream.floor
  }

  /** How many units are visible. */
  get length(): number {
    return this.units.length
  }

  /** Merges an op and tells what it changed. Total: what does not fit is made to. */
  apply(op: OpHead, patch: SequencePatch): readonly SequenceChange[] {
    this.units.changes = []
    this.stream.apply(op, patch)
    return this.units.changes
  }

  /** Gives an op that was merged without one its seq. */
  settle(id: OpId, seq: number): void {
    this.stream.settle(id, seq)
  }
}
