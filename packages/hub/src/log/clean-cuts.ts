import type { SequencedOp } from '@flowsync/crdt'

interface Cut {
  readonly seq: number
  /** When the log ended there, as far as known. */
  readonly atMs: number
}

/** More young places than this are thinned out; the oldest and the newest stay. */
const MAX_YOUNG = 1_024

/**
 * Finds places to cut a log at: seqs that no later op was made before. A state that begins at such a
 * place merges everything after it; at any other, the next op might ask for history.
 *
 * A place is clean as far as known, and good once so much time has passed that ops which were on
 * their way then have arrived. Whoever was offline across a cut and writes later spoils it; that is rare.
 */
export class CleanCuts {
  private readonly settleMs: number
  /** Ascending: the latest good place, and those that are not good yet. Every op seen after one was made at or after it. */
  private cuts: Cut[]
  private seenSeq: number

  constructor(settleMs: number, headSeq: number, nowMs: number) {
    this.settleMs = settleMs
    this.seenSeq = headSeq
    this.cuts = [{ seq: headSeq, atMs: nowMs }]
  }

  /** Every op up to here was noted, or was there before. */
  get lastSeq(): number {
    return this.seenSeq
  }

  /**
   * Notes ops of the log, in order; those that were noted before are passed over. Ops behind a gap are left
   * alone: another hub appended what is between, which must be noted first.
   */
  note(ops: readonly SequencedOp[], nowMs: number): void {
    for (const { seq, base } of ops) {
      if (seq <= this.seenSeq) continue
      if (seq !== this.seenSeq + 1) break
      while ((this.cuts.at(-1)?.seq ?? 0) > base) this.cuts.pop()
      this.cuts.push({ seq, atMs: nowMs })
      this.seenSeq = seq
    }
    this.prune(nowMs)
  }

  /** The latest place that is good by now, undefined when there is none. */
  latest(nowMs: number): number | undefined {
    return this.cuts.findLast((cut) => this.isGood(cut, nowMs))?.seq
  }

  /** The place that has stayed clean longest of those that are not good yet, undefined when there is none. */
  likeliest(nowMs: number): number | undefined {
    return this.cuts.find((cut) => !this.isGood(cut, nowMs))?.seq
  }

  private prune(nowMs: number): void {
    const { cuts } = this
    let good = 0
    for (let next = cuts[1]; next && this.isGood(next, nowMs); next = cuts[good + 1]) good++
    if (good > 0) cuts.splice(0, good)
    if (cuts.length <= MAX_YOUNG) return
    this.cuts = cuts.filter((_cut, index) => index % 2 === 0 || index === cuts.length - 1)
  }

  private isGood({ atMs }: Cut, nowMs: number): boolean {
    return atMs + this.settleMs <= nowMs
  }
}
