import type { OpId } from '../op.js'
import type { OpHead } from './history.js'
import { TextSequence } from './text-sequence.js'

/** What an op does to a sequence, at the version it was made at: some units go, others take their place. */
export interface SequencePatch {
  readonly position: number
  readonly deleteCount: number
  readonly insertCount: number
}

/** What becomes of the visible sequence. Of several, each applies to what the ones before have left. */
export interface SequenceChange extends SequencePatch {
  /** Which of the units that the op inserts is the first one here. */
  readonly insertOffset: number
}

/** The order of a sequence of units of any kind that many edit at once. */
export class Sequence {
  private readonly units: TextSequence

  /**
   * @param length of the visible sequence at the floor
   * @param floor the seq up to which it was folded; nothing else is known of the ops up to there
   */
  constructor(length: number, floor: number) {
    this.units = new TextSequence('.'.repeat(length), floor)
  }

  /** The lowest `base` of an op that can be merged. */
  get floor(): number {
    return this.units.floor
  }

  /** How many units are visible. */
  get length(): number {
    return this.units.value.length
  }

  /** Merges an op and tells what it changed. Total: what does not fit is made to. */
  apply(op: OpHead, { position, deleteCount, insertCount }: SequencePatch): readonly SequenceChange[] {
    const deltas = this.units.apply(op, { position, deleteCount, insert: '.'.repeat(insertCount) })
    return deltas.map((delta) => ({
      position: delta.position,
      deleteCount: delta.deleteCount,
      insertCount: delta.insert.length,
      insertOffset: 0,
    }))
  }

  /** Gives an op that was merged without one its seq. */
  settle(id: OpId, seq: number): void {
    this.units.settle(id, seq)
  }
}
