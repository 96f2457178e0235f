import { isFlowSyncError } from '../errors.js'
import type { OpId, ReplicaId } from '../op.js'
import { applyTextDeltas } from '../text-delta.js'
import type { TextDelta } from '../text-delta.js'
import { mapPosition } from '../text-position.js'
import { check, checkSame, sameBytes } from './graph-check.js'
import { countOf, fitRange, newPart } from './graph-reference.js'
import type { GraphReference } from './graph-reference.js'
import { isSubset, meets } from './graph-sets.js'
import type { EditStep } from './graph-steps.js'
import type { GraphBlame, GraphDocument, GraphSubject } from './graph-subject.js'

/** What a document that began with a snapshot knows nothing of but the result. */
interface Floor {
  readonly ops: ReadonlySet<number>
  readonly version: readonly OpId[]
}

/** A document and what it must hold. */
export class GraphPeer<Document extends GraphDocument> {
  readonly document: Document
  readonly replica: ReplicaId
  readonly known: Set<number>
  floor: Floor | undefined
  /** Versions it once had. */
  readonly moments: (readonly OpId[])[] = [[]]
  caret = 0
  nextCounter: number
  private readonly reference: GraphReference

  constructor(document: Document, reference: GraphReference, known: Iterable<number> = [], floor?: Floor) {
    this.document = document
    this.replica = document.replica
    this.reference = reference
    this.known = new Set(known)
    this.floor = floor
    const own = [...this.known]
      .map((index) => reference.opAt(index))
      .filter((op) => op.replica === this.replica)
    this.nextCounter = Math.max(1, ...own.map(({ counter, patch }) => counter + countOf(patch)))
    if (floor) this.moments[0] = floor.version
  }

  /** Edits as a user does. Returns the call, or undefined when there was nothing to do. */
  edit({ at, remove, insert, stay }: EditStep): string {
    const { document, reference } = this
    const before = document.value
    const caret = Math.min(this.caret, before.length)
    const position =
      at === 'caret' ? caret : at === 'behind' ? Math.max(0, caret - remove) : at % (before.length + 1)
    const [from, to] = fitRange({ position, deleteCount: remove }, before)

    let call = `replace(${position}, ${remove}, ${JSON.stringify(insert)})`
    if (insert === '') call = `delete(${position}, ${remove})`
    else if (remove === 0) call = `insert(${position}, ${JSON.stringify(insert)})`
    if (insert === '') document.delete(position, remove)
    else if (remove === 0) document.insert(position, insert)
    else document.replace(position, remove, insert)

    const patch = newPart({ position: from, deleteCount: to - from, insert }, before)
    if (patch.deleteCount > 0 || patch.insert !== '') {
      const { replica, nextCounter: counter } = this
      this.known.add(reference.add({ replica, counter, parents: reference.frontier(this.known), patch }))
      this.nextCounter += countOf(patch)
      checkSame(document.version, [{ replica, counter: this.nextCounter - 1 }], 'the version after an edit')
    }
    this.caret = stay ? from : from + insert.length
    const after = before.slice(0, from) + insert + before.slice(to)
    check(document.value === after, 'an edit does what it says', call, document.value, after)
    return call
  }

  /** What it holds is what the reference says. */
  verify(): void {
    const { document, reference, known } = this
    const text = reference.textOf(known)
    check(document.value === text, 'the text is that of the reference', document.value, text)
    check(document.length === text.length, 'the length is that of the text', document.length, text.length)
    checkSame(document.version, reference.frontier(known), 'the version')
  }

  /** Whether the document must be able to merge some ops without the history it lacks. */
  private needsNoHistory(ops: ReadonlySet<number>, news: readonly number[]): boolean {
    const { floor, reference } = this
    if (!floor) return true
    return !meets(floor.ops, ops) && news.every((index) => isSubset(floor.ops, reference.pastOf(index)))
  }

  /**
   * Merges an update and checks all that comes of it.
   * @param ops all that are in it
   * @param mayHoldMore whether it may also hold ops that are known: its author could not tell
   * @returns whether it was merged; it is not when ops before its own are missing, or history
   */
  receive(ops: ReadonlySet<number>, merge: () => readonly TextDelta[], mayHoldMore = false): boolean {
    const { document, known, reference } = this
    const news = [...ops].filter((index) => !known.has(index))
    const isMissing = news.some((index) =>
      [...reference.pastOf(index)].some((past) => !known.has(past) && !ops.has(past)),
    )
    const needsNoHistory = this.needsNoHistory(ops, news) && !(mayHoldMore && this.floor)
    const before = document.value
    const restore = keep(document, isMissing || !needsNoHistory)

    let deltas: readonly TextDelta[]
    try {
      deltas = merge()
    } catch (error) {
      restore()
      const code = isFlowSyncError(error) ? error.code : undefined
      if (code === 'update/needs-history' && this.floor && (isMissing || !needsNoHistory)) return false
      if (code === 'update/missing-parents' && isMissing) {
        checkMissing(error)
        return false
      }
      throw error
    }
    check(!isMissing, 'an update is refused when the ops before it are missing')
    for (const index of news) known.add(index)
    const told = applyTextDeltas(before, deltas)
    check(told === document.value, 'deltas tell what changed', { before, deltas, after: document.value })
    this.caret = mapPosition(Math.min(this.caret, before.length), deltas, 'before')
    this.verify()
    return true
  }

  /** Some version of its past, by two numbers from chance. */
  versionAt(number: number): ReadonlySet<number> {
    const known = [...this.known]
    const picks = [number, number * 7 + 3, number * 31 + 5].slice(0, 1 + (number % 3))
    const heads = known.length === 0 ? [] : picks.map((pick) => known[pick % known.length] ?? 0)
    return new Set(heads.flatMap((index) => [index, ...this.reference.pastOf(index)]))
  }

  private checkBlame(runs: readonly GraphBlame[]): void {
    const { reference, floor } = this
    const units = runs.flatMap(({ length, replica, counter }) => {
      check(length > 0, 'no run of authorship is empty')
      return Array.from({ length }, (_, offset) => ({ replica, counter: counter + offset }))
    })
    const expected = reference.unitsOf(this.known)
    check(units.length === expected.length, 'every unit has an author', units.length, expected.length)
    expected.forEach(({ op, replica, counter }, index) => {
      const unit = units[index]
      const author = floor?.ops.has(op) === true ? undefined : replica
      checkSame(unit?.replica, author, `who typed unit ${index}`)
      if (author && !reference.misfits.has(op))
        checkSame(unit?.counter, counter, `which of the author's units is ${index}`)
    })
  }

  /** Looks at two versions of the past, and at who typed what. */
  look(subject: GraphSubject<Document>, a: number, b: number): void {
    const { document, reference, floor } = this
    const [setA, setB] = [this.versionAt(a), this.versionAt(b)]
    const [from, to] = [reference.frontier(setA), reference.frontier(setB)]
    const [textA, textB] = [reference.textOf(setA), reference.textOf(setB)]
    const mayLack = floor !== undefined && !(isSubset(floor.ops, setA) && isSubset(floor.ops, setB))
    unlessItLacks(mayLack, () => {
      checkSame(subject.textAt(document, from), textA, 'a text of the past')
      const deltas = subject.textDiff(document, from, to)
      checkSame(applyTextDeltas(textA, deltas), textB, 'a past text with the difference to another')
    })
    unlessItLacks(floor !== undefined, () => {
      this.checkBlame(subject.blame(document))
    })
    checkSame(subject.textAt(document, document.version), document.value, 'the text of now')
    this.verify()
  }
}

/** Remembers a document, to check that what fails changes nothing. */
function keep(document: GraphDocument, isLikelyToFail: boolean): () => void {
  const { value, version } = document
  const saved = isLikelyToFail ? document.save() : undefined
  return () => {
    check(document.value === value, 'a failed merge leaves the text alone', document.value, value)
    checkSame(document.version, version, 'the version after a failed merge')
    check(!saved || sameBytes(saved, document.save()), 'a failed merge leaves what is saved alone')
  }
}

function checkMissing(error: unknown): void {
  check(isFlowSyncError(error) && error.retryable, 'missing parents may come later')
  const { missing } = error.details
  check(Array.isArray(missing) && missing.length > 0, 'it is told what is missing', missing)
}

function unlessItLacks(mayLack: boolean, look: () => void): void {
  try {
    look()
  } catch (error) {
    const lacks = mayLack && isFlowSyncError(error) && error.code === 'update/needs-history'
    if (!lacks) throw error
  }
}
