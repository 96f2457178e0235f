import { isFirstHalf, isSecondHalf } from '../common-ends.js'
import type { OpId } from '../op.js'
import { AnchoredText } from '../sequence/anchored-text.js'
import type { OpHead } from '../sequence/sequence.js'
import type { TextDelta } from '../text-delta.js'
import { Checkpoints } from './checkpoints.js'
import { NO_MARKS, changed, inherited, isSameSet } from './mark.js'
import type { MarkSet } from './mark.js'
import { MarkTracker } from './mark-tracker.js'
import type { Remarked } from './mark-tracker.js'
import { RunList } from './run-list.js'
import type { Run } from './run-list.js'
import type { MarkOp, MarkRequest } from './tracked-mark.js'

/** A tracker is kept for at least so many units that did not need it. */
const MIN_IDLE = 1024
/** Checkpoints are at least so many units apart. */
const MIN_SPACING = 8

/**
 * A text with the marks it shows. While ops come one after the other, that is all there is: an op reads
 * and changes the runs of marks as a text editor would. Only for concurrent ones a {@link MarkTracker}
 * is built, from a checkpoint that their authors knew.
 */
export class RichTextState {
  readonly text: AnchoredText
  private runs: RunList<MarkSet>
  private readonly checkpoints: Checkpoints<RunList<MarkSet>>
  private readonly markOps = new Map<number, MarkOp>()
  private tracker: MarkTracker | undefined

  /** @param floor the seq up to which text and marks were folded */
  constructor(text: string, marks: readonly Run<MarkSet>[], floor: number) {
    this.text = new AnchoredText(text, floor)
    this.runs = RunList.of(marks, isSameSet)
    this.checkpoints = new Checkpoints(this.runs)
  }

  /** The marks of all units of the text. The same list until it changes. */
  get marks(): RunList<MarkSet> {
    return this.runs
  }

  /** A request as it comes out in the text as it is now; undefined when nothing would change. */
  fitMark(request: MarkRequest): MarkRequest | undefined {
    const { position, length, change } = request
    const fitting = this.text.fit({ position, deleteCount: length, insert: '' })
    const range = { position: fitting.position, length: fitting.deleteCount }
    const isDone = this.runs
      .slice(range.position, range.position + range.length)
      .every(({ value }) => changed(value, change) === value)
    return isDone ? undefined : { ...request, ...range }
  }

  /** What is new in a patch, in the text as it is now; undefined when nothing is. */
  fitText(patch: TextDelta): TextDelta | undefined {
    const fitting = this.text.fit(patch)
    const { position, deleteCount, insert } = this.text.trim(fitting)
    if (deleteCount === 0 && insert === '') return undefined
    return deleteCount === 0 ? withMarked(fitting, position, insert) : { position, deleteCount, insert }
  }

  /** Merges an op that changes text; tells what changed. */
  applyText(op: OpHead, patch: TextDelta): readonly TextDelta[] {
    const isLatest = this.text.isLatest(op)
    const version = this.text.end
    if (isLatest) this.noteCheckpoint(version)
    const tracker = isLatest ? undefined : this.trackerFor(op)
    const deltas = this.text.apply(op, patch)
    const marks = tracker ? this.take(tracker, version) : this.marksFor(deltas[0])
    for (const { position, deleteCount, insert } of deltas) {
      this.runs = this.runs.splice(position, deleteCount, [{ length: insert.length, value: marks }])
    }
    return deltas
  }

  /** Merges an op that changes marks; returns the text that may have other marks now. */
  applyMark(op: OpHead, { position, length, ms, change }: MarkRequest): readonly Remarked[] {
    const isLatest = this.text.isLatest(op)
    const version = this.text.end
    if (isLatest) this.noteCheckpoint(version)
    const tracker = isLatest ? undefined : this.trackerFor(op)
    const fitting = this.text.applyNothing(op, { position, deleteCount: length, insert: '' })
    const { replica, counter } = op
    const made: MarkOp = {
      replica,
      counter,
      ms,
      change,
      position: fitting.position,
      length: fitting.deleteCount,
    }
    this.markOps.set(version, made)
    const remarked = tracker ? tracker.takeMark(version, made) : this.remark(made)
    for (const { position, length, marks } of remarked) {
      this.runs = this.runs.splice(position, length, [{ length, value: marks }])
    }
    return remarked
  }

  /** Gives an op that was merged without one its seq. */
  settle(id: OpId, seq: number): void {
    this.text.settle(id, seq)
  }

  private noteCheckpoint(version: number): void {
    if (version - this.checkpoints.last.version >= MIN_SPACING) this.checkpoints.add(version, this.runs)
    const { tracker } = this
    if (!tracker) return
    const idle = version - tracker.end
    if (idle > MIN_IDLE && idle > tracker.end - tracker.start) this.tracker = undefined
  }

  /** What an op whose author knew everything makes of the marks. */
  private marksFor(delta: TextDelta | undefined): MarkSet {
    if (!delta || delta.insert === '') return NO_MARKS
    const { position, deleteCount } = delta
    const left = deleteCount > 0 ? position : position - 1
    const right = deleteCount > 0 ? position + deleteCount - 1 : position
    return inherited(this.runs.at(left) ?? NO_MARKS, this.runs.at(right) ?? NO_MARKS)
  }

  private remark({ position, length, change }: MarkOp): readonly Remarked[] {
    let at = position
    return this.runs.slice(position, position + length).map((run) => {
      const remarked = { position: at, length: run.length, marks: changed(run.value, change) }
      at += run.length
      return remarked
    })
  }

  /** A tracker that holds all ops, from a version that the author of an op knew. */
  private trackerFor(op: OpHead): MarkTracker {
    const { text } = this
    const { version: start, value } = this.checkpoints.dropUntil((version) => text.isKnownBefore(op, version))
    let { tracker } = this
    // Beginning anew costs no more than the ops it forgets have cost.
    const isStale = tracker && (start < tracker.start || start - tracker.start >= tracker.end - start)
    if (!tracker || isStale) tracker = new MarkTracker(text.anchorsFrom(start), value)
    while (tracker.end < text.end) this.take(tracker, tracker.end)
    this.tracker = tracker
    return tracker
  }

  private take(tracker: MarkTracker, version: number): MarkSet {
    const mark = this.markOps.get(version)
    if (!mark) return tracker.takeText(version, this.text.stepOf(version))
    tracker.takeMark(version, mark)
    return NO_MARKS
  }
}

/**
 * Text that takes the place of other text has the marks of that. Where it begins or ends with all of that, what is
 * new would have the marks of text that is typed there; so a character beside it is part of the edit.
 */
function withMarked(replacement: TextDelta, position: number, insert: string): TextDelta {
  const all = replacement.insert
  const { position: start, deleteCount: length } = replacement
  if (length > 0 && position === start + length) {
    const count = isSecondHalf(all.charCodeAt(length - 1)) ? 2 : 1
    return { position: position - count, deleteCount: count, insert: all.slice(length - count) }
  }
  if (length > 0 && position === start) {
    const count = isFirstHalf(all.charCodeAt(insert.length)) ? 2 : 1
    return { position, deleteCount: count, insert: all.slice(0, insert.length + count) }
  }
  return { position, deleteCount: 0, insert }
}
