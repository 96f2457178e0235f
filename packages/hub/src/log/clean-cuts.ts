import type { SequencedOp } from '@flowsync/crdt'

interface Cut {
  readonly seq: number
  /** When the log ended there. */
  readonly atMs: number
}

/**
 * Finds places to cut a log at: seqs that no later op was made before. A state that begins at such a
 * place merges everything after it; at any other, the next op might ask for history.
 *
 * A place is clean as far as known, and good once so much time has passed that ops which were on
 * their way then have arrived. Whoever was offline across a cut and writes later spoils it; that is rare.
 */
export class CleanCuts {
  private readonly settleMs: number
  /** Ascending; every later op seen so far was made at or after each of them. */
  private cuts: Cut[]
  private lastSeq: number

  constructor(settleMs: number, headSeq: number, nowMs: number) {
    this.settleMs = settleMs
    this.lastSeq = headSeq
    this.cuts = [{ seq: headSeq, atMs: nowMs }]
  }

  /** Notes ops that were appended, in order. */
  note(ops: readonly SequencedOp[], nowMs: number): void {
    const [first] = ops
    // Another hub appended in between, nobody knows on what.
    if (first && first.seq !== this.lastSeq + 1) this.cuts = []
    for (const { seq, base } of ops) {
      while ((this.cuts.at(-1)?.seq ?? 0) > base) this.cuts.pop()
      this.lastSeq = seq
    }
    this.push({ seq: this.lastSeq, atMs: nowMs })
  }

  /** The latest place that is good by now, undefined when there is none. */
  latest(nowMs: number): number | undefined {
    return this.cuts.findLast((cut) => this.isGood(cut, nowMs))?.seq
  }

  /** Keeps the latest good place and the first and last that are not good yet: the others would not be missed. */
  private push(cut: Cut): void {
    const good = this.cuts.findLast((each) => this.isGood(each, cut.atMs))
    const firstYoung = this.cuts.find((each) => !this.isGood(each, cut.atMs))
    this.cuts = [good, firstYoung, cut].filter((each) => each !== undefined)
  }

  private isGood({ atMs }: Cut, nowMs: number): boolean {
    return atMs + this.settleMs <= nowMs
  }
}
