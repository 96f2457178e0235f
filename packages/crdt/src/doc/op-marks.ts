import { covers } from '../causality.js'
import type { CausalContext } from '../causality.js'
import type { OpId, ReplicaId } from '../op.js'

/** An op of which something lives on. All that it made shares this object and so learns its seq at once. */
export interface OpMark {
  readonly replica: ReplicaId
  seq: number | undefined
  /** How many containers and elements it made that are still there. */
  living: number
}

/** Something an op has made: named by the op's replica and the counter of one of its nodes. */
export interface Made {
  readonly mark: OpMark
  readonly counter: number
}

/** Which of the ops whose work is still there has a given seq. */
export class OpMarks {
  private readonly bySeq = new Map<number, OpMark>()

  /** The op with this seq, if anything that it made is still there. */
  at(seq: number): OpMark | undefined {
    return this.bySeq.get(seq)
  }

  /** Something was made by the op. */
  keep(mark: OpMark): void {
    mark.living++
    if (mark.seq !== undefined) this.bySeq.set(mark.seq, mark)
  }

  /** Something that the op made is gone. */
  release(mark: OpMark): void {
    mark.living--
    if (mark.living === 0 && mark.seq !== undefined) this.bySeq.delete(mark.seq)
  }

  /** The hub has placed the op. */
  place(mark: OpMark, seq: number): void {
    mark.seq = seq
    if (mark.living > 0) this.bySeq.set(seq, mark)
  }
}

export function idOf({ mark, counter }: Made): OpId {
  return { replica: mark.replica, counter }
}

/** True when the author of an op knew something that another op has made. */
export function knows(op: CausalContext & { readonly seq: number | undefined }, made: Made): boolean {
  const { seq, replica } = made.mark
  // Others cannot have seen what has no place yet, whatever their op claims.
  if (op.seq !== undefined && seq === undefined) return false
  return covers(op, { replica, counter: made.counter, seq })
}
