import { insertionPoint } from './fugue-order.js'
import type { History } from './history.js'
import type { PatchLog } from './patch-log.js'
import { SpanIndex } from './span-index.js'
import { SpanTree } from './span-tree.js'
import { NO_UNIT } from './span.js'
import type { Span } from './span.js'
import { versionDifference } from './version-difference.js'
import type { Range } from './version-difference.js'
import type { LocalVersion, Version } from './version.js'

/** Units that an op takes from the document, where they stand once the op's former removals are done. */
export interface Removal {
  readonly position: number
  readonly length: number
  /** The first unit. */
  readonly unit: number
}

/**
 * Finds out what concurrent ops do to the document: the internal state of eg-walker (Gentle & Kleppmann,
 * "Collaborative Text Editing with Eg-walker: Better, Faster, Smaller", EuroSys 2025, section 3).
 *
 * It begins at a critical version, one that all later ops have in their past, with a placeholder for
 * the text of then, and takes the later ops one by one. It holds the units at two versions at once: the
 * prepared one, which it moves to the parents of an op before the op is read, and that of the document.
 */
export class Tracker {
  /** The first op it holds. All ops from there on have all ops before in their past. */
  readonly start: LocalVersion
  private readonly history: History
  private readonly patches: PatchLog
  private readonly spans = new SpanTree()
  private readonly index = new SpanIndex()
  /** What to add to the number of an inserted unit; those of the placeholder come first. */
  private readonly shift: number
  /** The units that each op deleted, as first unit and count, over and over. */
  private readonly targets = new Map<LocalVersion, number[]>()
  /** Units that the document has lost and that were the second half of a surrogate pair. */
  private readonly removedTails = new Set<number>()
  private version: Version = []
  private heldEnd: LocalVersion

  constructor(start: LocalVersion, history: History, patches: PatchLog) {
    this.start = start
    this.heldEnd = start
    this.history = history
    this.patches = patches
    const length = patches.lengthBefore(start)
    this.shift = length - patches.firstUnitOf(start)
    if (length > 0) this.addSpan(undefined, 0, length, NO_UNIT, NO_UNIT)
  }

  /** The first op it does not hold yet. */
  get end(): LocalVersion {
    return this.heldEnd
  }

  /** The length of the text at the prepared version. */
  get preparedLength(): number {
    return this.spans.preparedLength
  }

  /** Moves the prepared version. */
  prepare(version: Version): void {
    const parentsOf = (one: LocalVersion) => this.history.parentsOf(one)
    const { retreat, advance } = versionDifference(parentsOf, this.version, version, this.start)
    for (const range of retreat) this.count(range, -1)
    for (const range of advance) this.count(range, 1)
    this.version = version
  }

  /** Takes ops out of the prepared version or adds them. In which order does not matter: it only counts. */
  private count({ first, last }: Range, change: 1 | -1): void {
    const { patches } = this
    this.countUnits(patches.firstUnitOf(first) + this.shift, patches.firstUnitOf(last + 1) + this.shift, change)
    for (let version = first; version <= last; version++) {
      const targets = this.targets.get(version)
      if (!targets) continue
      for (let index = 0; index < targets.length; index += 2) {
        const unit = targets[index] as number
        this.countUnits(unit, unit + (targets[index + 1] as number), change)
      }
    }
  }

  private countUnits(from: number, to: number, change: 1 | -1): void {
    let unit = from
    while (unit < to) {
      const found = this.index.find(unit)
      const span = found.id < unit ? this.split(found, unit - found.id) : found
      if (span.id + span.length > to) this.split(span, to - span.id)
      this.spans.setState(span, span.state + change)
      unit = span.id + span.length
    }
  }

  /** Holds an op that the document has already. */
  replay(version: LocalVersion): void {
    const { history, patches } = this
    this.prepare(history.parentsOf(version))
    const position = patches.positionOf(version)
    const removals = this.delete(version, position, patches.deleteCountOf(version))
    this.noteTails(removals, patches.tailsOf(version))
    this.insert(version, position, patches.insertCountOf(version))
  }

  /**
   * Where the document shows the unit at a position of the prepared version; undefined when it has
   * lost the unit. For `isTail` of such a unit ask {@link isRemovedTail}.
   */
  shownPosition(position: number): number | undefined {
    const { span, offset } = this.spans.find(position)
    return span.isRemoved ? undefined : this.spans.shownBefore(span) + offset
  }

  /** Whether the unit at a position of the prepared version is lost and was the second half of a pair. */
  isRemovedTail(position: number): boolean {
    const { span, offset } = this.spans.find(position)
    return this.removedTails.has(span.id + offset)
  }

  /** Holds what an op deletes at the prepared version, where it must fit. Returns what the document loses. */
  delete(version: LocalVersion, position: number, length: number): readonly Removal[] {
    if (length === 0) return []
    const targets: number[] = []
    const removals: Removal[] = []
    const { span: first, offset } = this.spans.find(position)
    let span: Span | undefined = offset > 0 ? this.split(first, offset) : first
    let rest = length
    while (span && rest > 0) {
      if (span.state === 1) {
        if (span.length > rest) this.split(span, rest)
        rest -= span.length
        addTarget(targets, span)
        if (!span.isRemoved) {
          removals.push({ position: this.spans.shownBefore(span), length: span.length, unit: span.id })
          this.spans.remove(span)
        }
        this.spans.setState(span, 2)
      }
      span = this.spans.next(span)
    }
    this.targets.set(version, targets)
    return removals
  }

  /**
   * Remembers which lost units were the second half of a surrogate pair.
   * @param offsets counted over all removals
   */
  noteTails(removals: readonly Removal[], offsets: readonly number[]): void {
    let start = 0
    let next = 0
    for (const { unit, length } of removals) {
      for (; next < offsets.length && (offsets[next] as number) < start + length; next++) {
        this.removedTails.add(unit + (offsets[next] as number) - start)
      }
      start += length
    }
  }

  /** Holds what an op inserts at the prepared version, and the op with it. Returns the place in the document. */
  insert(version: LocalVersion, position: number, length: number): number {
    this.heldEnd = version + 1
    this.version = [version]
    if (length === 0) return 0
    const { span: left, offset } = position > 0 ? this.spans.find(position - 1) : NOTHING
    const originLeft = left ? left.id + offset : NO_UNIT
    if (left && offset + 1 < left.length) this.split(left, offset + 1)
    const { after, originRight } = insertionPoint(this, left, originLeft, version)
    const unit = this.patches.firstUnitOf(version) + this.shift
    return this.addUnits(after, unit, length, originLeft, originRight)
  }

  private addUnits(after: Span | undefined, unit: number, length: number, originLeft: number, originRight: number): number {
    const end = after ? this.spans.shownBefore(after) + (after.isRemoved ? 0 : after.length) : 0
    const follows = after && after.id + after.length === unit && after.originRight === originRight
    if (follows && originLeft === unit - 1 && after.state === 1 && !after.isRemoved) this.spans.extend(after, length)
    else this.addSpan(after, unit, length, originLeft, originRight)
    return end
  }
}
