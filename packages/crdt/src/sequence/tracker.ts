import { insertionPoint } from './fugue-order.js'
import type { History } from './history.js'
import type { PatchLog } from './patch-log.js'
import { SpanIndex } from './span-index.js'
import { SpanTree } from './span-tree.js'
import { NO_UNIT, shownOf } from './span.js'
import type { Span } from './span.js'
import { versionDifference } from './version-difference.js'
import type { Range } from './version-difference.js'
import type { LocalVersion, Version } from './version.js'

/** Units that an op takes from the document. */
export interface Removal {
  /** Where they stand once the op's removals before this one are done. */
  readonly position: number
  readonly length: number
  /** The first of them. */
  readonly unit: number
}

/**
 * Finds out what concurrent ops do to the document: the internal state of eg-walker (Gentle & Kleppmann,
 * "Collaborative Text Editing with Eg-walker: Better, Faster, Smaller", EuroSys 2025, section 3).
 *
 * It begins at a critical version, one that all later ops have in their past, with a placeholder for
 * the text of then, and takes the later ops one by one. It holds the units at two versions at once: the
 * prepared one, which is moved to the parents of an op before the op is read, and that of the document.
 */
export class Tracker {
  /** The first op it holds. All ops from there on have all ops before in their past. */
  readonly start: LocalVersion
  private readonly history: History
  private readonly patches: PatchLog
  private readonly spans = new SpanTree()
  private readonly index = new SpanIndex()
  /** What to add to the log's number of an inserted unit: here the placeholder's units come first. */
  private readonly shift: number
  /** The units that each op deleted: first unit and count, over and over. */
  private readonly targets = new Map<LocalVersion, readonly number[]>()
  /** Units that the document has lost and that were the second half of a surrogate pair. */
  private readonly lostTails = new Set<number>()
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
    for (const range of retreat) this.countOps(range, -1)
    for (const range of advance) this.countOps(range, 1)
    this.version = version
  }

  /** Takes ops out of the prepared version or adds them. The order within does not matter: states count. */
  private countOps({ first, last }: Range, change: 1 | -1): void {
    const { patches, shift } = this
    this.countUnits(patches.firstUnitOf(first) + shift, patches.firstUnitOf(last + 1) + shift, change)
    for (let version = first; version <= last; version++) {
      const targets = this.targets.get(version) ?? []
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

  /** Takes in an op that the document shows already. */
  replay(version: LocalVersion): void {
    const { patches } = this
    this.prepare(this.history.parentsOf(version))
    const position = patches.positionOf(version)
    const removals = this.delete(version, position, patches.deleteCountOf(version))
    this.noteTails(removals, patches.tailsOf(version))
    this.insert(version, position, patches.insertCountOf(version))
  }

  /** Where the document shows the unit at a position of the prepared version; undefined when it lost the unit. */
  shownPosition(position: number): number | undefined {
    const { span, offset } = this.spans.find(position)
    return span.isRemoved ? undefined : this.spans.shownBefore(span) + offset
  }

  /** Whether the unit at a position of the prepared version is lost and was the second half of a pair. */
  isLostTail(position: number): boolean {
    const { span, offset } = this.spans.find(position)
    return this.lostTails.has(span.id + offset)
  }

  /** Takes in what an op deletes at the prepared version, where it must fit. Returns what the document loses. */
  delete(version: LocalVersion, position: number, length: number): readonly Removal[] {
    if (length === 0) return []
    const targets: number[] = []
    const removals: Removal[] = []
    const { span: first, offset } = this.spans.find(position)
    let span: Span | undefined = offset > 0 ? this.split(first, offset) : first
    let rest = length
    for (; span && rest > 0; span = this.spans.next(span)) {
      if (span.state !== 1) continue
      if (span.length > rest) this.split(span, rest)
      rest -= span.length
      addTarget(targets, span)
      if (!span.isRemoved) {
        removals.push({ position: this.spans.shownBefore(span), length: span.length, unit: span.id })
        this.spans.remove(span)
      }
      this.spans.setState(span, 2)
    }
    this.targets.set(version, targets)
    return removals
  }

  /**
   * Remembers which lost units were the second half of a surrogate pair.
   * @param offsets ascending, counted from the first unit over all removals of an op
   */
  noteTails(removals: readonly Removal[], offsets: readonly number[]): void {
    let before = 0
    let next = 0
    for (const { unit, length } of removals) {
      for (; next < offsets.length; next++) {
        const offset = (offsets[next] as number) - before
        if (offset >= length) break
        this.lostTails.add(unit + offset)
      }
      before += length
    }
  }

  /**
   * Takes in what an op inserts at the prepared version, where it must fit, and with it the op: this
   * is called once for each op, also for one that inserts nothing.
   * @returns where the document shows the new units
   */
  insert(version: LocalVersion, position: number, length: number): number {
    const shownAt = length === 0 ? 0 : this.insertUnits(version, position, length)
    this.heldEnd = version + 1
    this.version = [version]
    return shownAt
  }

  private insertUnits(version: LocalVersion, position: number, length: number): number {
    const place = position > 0 ? this.spans.find(position - 1) : undefined
    const left = place?.span
    const originLeft = place ? place.span.id + place.offset : NO_UNIT
    if (place && place.offset + 1 < place.span.length) this.split(place.span, place.offset + 1)

    const precedes = (unit: number) =>
      this.history.compareIds(version, this.patches.versionOf(unit - this.shift)) < 0
    const { after, originRight } = insertionPoint(this.spans, this.index, left, originLeft, precedes)

    const shownAt = after ? this.spans.shownBefore(after) + shownOf(after) : 0
    const unit = this.patches.firstUnitOf(version) + this.shift
    if (after && originLeft === unit - 1 && continues(after, unit, originRight))
      this.spans.extend(after, length)
    else this.addSpan(after, unit, length, originLeft, originRight)
    return shownAt
  }

  private addSpan(
    after: Span | undefined,
    id: number,
    length: number,
    originLeft: number,
    originRight: number,
  ): void {
    const span: Span = { id, length, originLeft, originRight, state: 1, isRemoved: false, leaf: undefined }
    this.spans.insertAfter(after, span)
    this.index.add(span)
  }

  private split(span: Span, offset: number): Span {
    const right = this.spans.split(span, offset)
    this.index.add(right)
    return right
  }
}

/** Whether new units go on where a span ends, as typing does, so that it may hold them too. */
function continues(span: Span, unit: number, originRight: number): boolean {
  return (
    span.id + span.length === unit && span.originRight === originRight && span.state === 1 && !span.isRemoved
  )
}

function addTarget(targets: number[], { id, length }: Span): void {
  const last = targets.length - 2
  if (last >= 0 && (targets[last] as number) + (targets[last + 1] as number) === id) {
    targets[last + 1] = (targets[last + 1] as number) + length
  } else targets.push(id, length)
}
