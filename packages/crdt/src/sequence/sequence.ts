import type { OpId } from '../op.js'
import { SequenceEngine } from './engine.js'
import type { Content, Patch } from './engine.js'
import { StreamHistory } from './stream-history.js'
import type { OpHead } from './stream-history.js'

export type { OpHead } from './stream-history.js'

/** What an op does to a sequence, at the version it was made at: some units go, others take their place. */
export type SequencePatch = Patch

/** What becomes of the visible sequence. Of several, each applies to what the ones before have left. */
export interface SequenceChange extends Patch {
  /** Which of the units that the op inserts is the first one here. */
  readonly insertOffset: number
}

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

  change(position: number, deleteCount: number, insertCount: number, insertOffset: number): void {
    this.length += insertCount - deleteCount
    this.changes.push({ position, deleteCount, insertCount, insertOffset })
  }
}

const NONE: readonly number[] = Object.freeze([])

/** A stream's ops on a sequence, merged. What the sequence holds is its owner's. */
export class StreamSequence {
  readonly history: StreamHistory
  readonly engine: SequenceEngine

  /** @param floor the seq up to which `content` was folded; nothing else is known of the ops up to there */
  constructor(content: Content, floor: number) {
    this.history = new StreamHistory(floor)
    this.engine = new SequenceEngine(this.history.graph, content, false)
  }

  /** The lowest `base` of an op that can be merged. */
  get floor(): number {
    return this.history.floor
  }

  /** Merges an op and changes the content. Total: what does not fit is made to. */
  apply(op: OpHead & { readonly count?: number }, patch: Patch): void {
    const past = this.history.pastOf(op)
    const count = op.count ?? Math.max(1, patch.deleteCount + patch.insertCount)
    const parents = this.history.parentsFor(past)
    const { position, deleteCount, insertCount } = patch
    this.engine.apply(past.author, past.counter, count, parents, position, deleteCount, insertCount)
    this.history.note(past, op.seq)
  }

  /** Gives an op that was merged without one its seq. */
  settle(id: OpId, seq: number): void {
    this.history.settle(id, seq)
  }
}

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
