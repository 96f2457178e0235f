import type { AppliedOp } from '../rule.js'

/**
 * Numbers the ops of one container as if it were a stream of its own: dense from 1, in the order of
 * the hub. So a container costs what was done to it, however long the document's history is.
 */
export class LocalOrder {
  /** The document's seq of each op that has its place, ascending. */
  private readonly seqs: number[] = []

  /**
   * Places an op of the document in this container's order.
   * @param counter of the part of the op that is meant, where an op does two things to a container
   */
  localize<Body>(op: AppliedOp<unknown>, counter: number, body: Body): AppliedOp<Body> {
    const { replica, count, extra, seq } = op
    const base = this.countUpTo(op.base)
    return {
      replica,
      counter,
      count,
      base,
      extra,
      seq: seq === undefined ? undefined : this.place(seq),
      body,
    }
  }

  /** The local seq of an op that gets its place after all others. */
  place(seq: number): number {
    return this.seqs.push(seq)
  }

  private countUpTo(seq: number): number {
    const { seqs } = this
    let high = seqs.length
    if (high === 0 || (seqs[high - 1] ?? 0) <= seq) return high
    let low = 0
    while (low < high) {
      const middle = (low + high) >> 1
      if ((seqs[middle] ?? 0) <= seq) low = middle + 1
      else high = middle
    }
    return low
  }
}
