import type { OpId } from '../op.js'
import { addTextDelta } from '../text-delta.js'
import type { TextDelta } from '../text-delta.js'
import { fitPatch } from './fit-patch.js'
import { GapBuffer } from './gap-buffer.js'
import { History } from './history.js'
import type { OpHead } from './history.js'
import type { Past } from './past.js'
import { PatchLog } from './patch-log.js'
import { Tracker } from './tracker.js'
import type { Removal } from './tracker.js'
import type { LocalVersion } from './version.js'

/** A tracker is kept for at least so many ops that did not need it. */
const MIN_IDLE_OPS = 32

/**
 * A text that many edit at once, as an event graph: the text itself, and for each op some numbers that
 * say what it did and what its author knew. An op whose author knew everything goes straight to the
 * text; for any other a {@link Tracker} finds out where it belongs, from the last critical version on.
 *
 * After Gentle & Kleppmann, "Collaborative Text Editing with Eg-walker: Better, Faster, Smaller",
 * EuroSys 2025.
 */
export class TextSequence {
  private readonly text: GapBuffer
  private readonly history: History
  private readonly patches = new PatchLog()
  /**
   * Ops whose authors knew all ops before, as did the authors of all ops since. The version just before
   * such an op is critical (section 3.5 of the paper): what concurrent ops do is found out from there.
   */
  private readonly turningPoints: LocalVersion[] = []
  private tracker: Tracker | undefined

  /** @param floor the seq up to which `text` was folded; nothing else is known of the ops up to there */
  constructor(text: string, floor: number) {
    this.text = new GapBuffer(text)
    this.history = new History(floor)
  }

  /** The lowest `base` of an op that can be merged. */
  get floor(): number {
    return this.history.floor
  }

  /** The text; the same string until it changes. */
  get value(): string {
    return this.text.toString()
  }

  /** What a patch comes to in the text as it is now. */
  fit(patch: TextDelta): TextDelta {
    return fitPatch(patch, this.text.length, (position) => this.text.isTail(position))
  }

  /**
   * Merges an op and tells what it changed.
   * @param patch at the version that the op was made at; what does not fit there is made to
   */
  apply(op: OpHead, patch: TextDelta): readonly TextDelta[] {
    const past = this.history.pastOf(op)
    return this.history.isEverythingKnown(past)
      ? this.applyToText(past, op.seq, patch)
      : this.applyConcurrent(past, op.seq, patch)
  }

  /** Gives an op that was merged without one its seq. */
  settle(id: OpId, seq: number): void {
    this.history.settle(id, seq)
  }

  private applyToText(past: Past, seq: number | undefined, patch: TextDelta): readonly TextDelta[] {
    const fitting = this.fit(patch)
    const { position, deleteCount, insert } = fitting
    const version = this.history.append(past, seq)
    this.patches.append(position, deleteCount, insert.length, this.text.length)
    this.patches.noteTails(version, this.text.tailsWithin(position, deleteCount))
    this.turningPoints.push(version)
    this.dropIdleTracker()
    this.text.replace(position, deleteCount, insert)
    return deleteCount === 0 && insert === '' ? [] : [fitting]
  }

  private applyConcurrent(past: Past, seq: number | undefined, patch: TextDelta): readonly TextDelta[] {
    const tracker = this.trackerFor(past)
    const version = this.history.append(past, seq)
    tracker.prepare(this.history.parentsOf(version))
    const fitting = fitPatch(patch, tracker.preparedLength, (position) => this.isTail(tracker, position))
    const { position, deleteCount, insert } = fitting
    this.patches.append(position, deleteCount, insert.length, this.text.length)

    const deltas: TextDelta[] = []
    const removals = tracker.delete(version, position, deleteCount)
    const tails = this.remove(removals, deltas)
    tracker.noteTails(removals, tails)
    this.patches.noteTails(version, tails)

    const shownAt = tracker.insert(version, position, insert.length)
    this.text.replace(shownAt, 0, insert)
    addTextDelta(deltas, { position: shownAt, deleteCount: 0, insert })
    return deltas
  }

  /** Whether the unit at a position of the prepared version is the second half of a surrogate pair. */
  private isTail(tracker: Tracker, position: number): boolean {
    const shownAt = tracker.shownPosition(position)
    return shownAt === undefined ? tracker.isLostTail(position) : this.text.isTail(shownAt)
  }

  /** Takes units from the text; returns which were second halves of pairs, counted over all removals. */
  private remove(removals: readonly Removal[], deltas: TextDelta[]): readonly number[] {
    const tails: number[] = []
    let before = 0
    for (const { position, length } of removals) {
      for (const offset of this.text.tailsWithin(position, length)) tails.push(before + offset)
      this.text.replace(position, length, '')
      addTextDelta(deltas, { position, deleteCount: length, insert: '' })
      before += length
    }
    return tails
  }

  /** A tracker that holds all ops, from a version that an author with this past knew. */
  private trackerFor(past: Past): Tracker {
    const start = this.turningPointFor(past)
    let { tracker } = this
    // Beginning anew costs no more than the ops it forgets have cost.
    const isStale = tracker && (start < tracker.start || start - tracker.start >= tracker.end - start)
    if (!tracker || isStale) tracker = new Tracker(start, this.history, this.patches)
    while (tracker.end < this.history.length) tracker.replay(tracker.end)
    this.tracker = tracker
    return tracker
  }

  /** Forgets turning points that an op with this past disproves; returns the last one left. */
  private turningPointFor(past: Past): LocalVersion {
    for (;;) {
      const last = this.turningPoints.at(-1)
      if (last === undefined) return 0
      if (this.history.isVersionKnown(past, this.history.parentsOf(last))) return last
      this.turningPoints.pop()
    }
  }

  /** Concurrency that ended long ago takes no memory. */
  private dropIdleTracker(): void {
    const { tracker } = this
    if (!tracker) return
    const idleOps = this.history.length - tracker.end
    if (idleOps > MIN_IDLE_OPS && idleOps > tracker.end - tracker.start) this.tracker = undefined
  }
}
