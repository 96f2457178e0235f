import type { OpId } from '../op.js'
import { SequenceEngine } from './engine.js'
import type { Content, Patch } from './engine.js'
import { StreamHistory } from './stream-history.js'
import type { OpHead } from './stream-history.js'

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
