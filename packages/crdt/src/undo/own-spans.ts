import type { UndoEntry } from './undo-tracker.js'

/** What a sequence holds: a text, or a list's values. */
export interface Content<Self> {
  readonly length: number
  slice(start: number, end: number): Self
  concat(...others: Self[]): Self
}

/** One change of a sequence that has been made or is to be made. */
export interface SpanPatch<C> {
  readonly position: number
  readonly deleteCount: number
  readonly insert: C
}

/** A change that switching an entry makes. */
export interface SwitchPatch<C> extends SpanPatch<C> {
  /** What goes. */
  readonly removed: C
}

/** A run of units that share their fate. */
interface Span<C> {
  length: number
  /** The units themselves while they are not shown; undefined while they are. */
  hidden: C | undefined
  /** The entry that inserted them; undefined for everybody else's. */
  insertedBy: UndoEntry | undefined
  /** The entry that deleted them. */
  deletedBy: UndoEntry | undefined
}

/**
 * A sequence as undo sees it: whose units are shown where, and which own deletions could come back between
 * them. What is not shown stays in its place among its neighbours, so that undoing and redoing never
 * has to guess positions; what others delete is gone, and what they insert splits the runs around it.
 *
 * A run is shown when the entry that inserted it is done, and the one that deleted it is not.
 */
export class OwnSpans<C extends Content<C>> {
  private spans: Span<C>[] = []
  private length: number
  private readonly empty: C

  /** @param length of the sequence as it is now */
  constructor(length: number, empty: C) {
    this.length = length
    this.empty = empty
    if (length > 0) this.spans.push(shown(length, undefined))
  }

  /** How many units are shown. */
  get shownLength(): number {
    return this.length
  }

  /** True when nothing can be undone, nor done again. */
  get isUnused(): boolean {
    return !this.spans.some(({ insertedBy, deletedBy }) => insertedBy ?? deletedBy)
  }

  /** An own edit: what it deletes is remembered, `removed`, and what it inserts is noted as the entry's. */
  edit(position: number, removed: C, insertCount: number, entry: UndoEntry): void {
    let offset = 0
    this.replace(position, removed.length, shown(insertCount, entry), (span) => {
      const hidden = removed.slice(offset, (offset += span.length))
      // Nothing can bring back what an entry both inserts and deletes.
      return span.insertedBy === entry ? undefined : { ...span, hidden, deletedBy: entry }
    })
  }

  /** Somebody else's edit. */
  observe(position: number, deleteCount: number, insertCount: number): void {
    this.replace(position, deleteCount, shown(insertCount, undefined), () => undefined)
  }

  /** True while the entry has both inserted and deleted something, so that undoing it may change nothing that is seen. */
  mayPutBack(entry: UndoEntry): boolean {
    const { spans } = this
    return (
      spans.some(({ insertedBy }) => insertedBy === entry) &&
      spans.some(({ deletedBy }) => deletedBy === entry)
    )
  }

  /** True while something of the entry is left. */
  has(entry: UndoEntry): boolean {
    return this.spans.some(({ insertedBy, deletedBy }) => insertedBy === entry || deletedBy === entry)
  }

  /**
   * What to change when an entry is switched, in order, each on what the ones before have left.
   * `commit` notes that it was done.
   * @param shownNow the sequence as it is
   */
  switch(
    entry: UndoEntry,
    shownNow: C,
  ): { readonly patches: readonly SwitchPatch<C>[]; readonly commit: () => void } {
    const patches: { position: number; deleteCount: number; insert: C; removed: C }[] = []
    const spans: Span<C>[] = []
    const isDone = (other: UndoEntry) => (other === entry ? !other.isDone : other.isDone)
    let before = 0
    let position = 0
    let patch: (typeof patches)[number] | undefined
    for (const span of this.spans) {
      const { length, hidden, insertedBy, deletedBy } = span
      const wasShown = hidden === undefined
      const isShown = (!insertedBy || isDone(insertedBy)) && !(deletedBy && isDone(deletedBy))
      const content = wasShown ? shownNow.slice(before, before + length) : hidden
      spans.push({ ...span, hidden: isShown ? undefined : content })
      if (wasShown) before += length
      if (wasShown !== isShown) {
        if (!patch) {
          patch = { position, deleteCount: 0, insert: this.empty, removed: this.empty }
          patches.push(patch)
        }
        if (isShown) patch.insert = patch.insert.concat(content)
        else {
          patch.deleteCount += length
          patch.removed = patch.removed.concat(content)
        }
      } else if (isShown) {
        // Runs that are not shown do not part what changes on both sides of them.
        patch = undefined
      }
      if (isShown) position += length
    }
    return {
      patches,
      commit: () => {
        this.spans = spans
        this.length = position
      },
    }
  }

  /** The entry stays as it is for ever: what it has done is like anybody's, what could come back does not. */
  forget(entry: UndoEntry): void {
    const { isDone } = entry
    const spans: Span<C>[] = []
    for (const span of this.spans) {
      if (isDone ? span.deletedBy === entry : span.insertedBy === entry) continue
      if (span.insertedBy === entry) span.insertedBy = undefined
      if (span.deletedBy === entry) span.deletedBy = undefined
      append(spans, span)
    }
    this.spans = spans
  }

  /** Makes of the shown runs in a range what `change` says, and puts a new run behind them. */
  private replace(
    position: number,
    count: number,
    inserted: Span<C>,
    change: (span: Span<C>) => Span<C> | undefined,
  ): void {
    this.length += inserted.length - count
    const start = this.cut(position)
    const end = count > 0 ? this.cut(position + count) : start
    const first = Math.max(0, start - 1)
    const next = this.spans.slice(first, start)
    for (const span of this.spans.slice(start, end)) {
      const changed = span.hidden === undefined ? change(span) : span
      if (changed) append(next, changed)
    }
    append(next, inserted)
    for (const span of this.spans.slice(end, end + 1)) append(next, span)
    this.spans.splice(first, end + 1 - first, ...next)
  }

  /** Makes a run begin at a position, and returns its index: the first one there, shown or not. */
  private cut(position: number): number {
    let index = 0
    let left = position
    for (; left > 0; index++) {
      const span = this.spans[index]
      if (!span) break
      if (span.hidden !== undefined) continue
      if (left < span.length) {
        this.spans.splice(index, 1, { ...span, length: left }, { ...span, length: span.length - left })
        return index + 1
      }
      left -= span.length
    }
    return index
  }
}

function shown(length: number, insertedBy: UndoEntry | undefined): Span<never> {
  return { length, hidden: undefined, insertedBy, deletedBy: undefined }
}

/** Adds a run to others, to the last of them when they share their fate. */
function append<C extends Content<C>>(spans: Span<C>[], span: Span<C>): void {
  if (span.length === 0) return
  const last = spans.at(-1)
  if (!last || !isAlike(last, span)) {
    spans.push(span)
    return
  }
  last.length += span.length
  if (last.hidden !== undefined && span.hidden !== undefined) last.hidden = last.hidden.concat(span.hidden)
}

function isAlike(a: Span<unknown>, b: Span<unknown>): boolean {
  return (
    a.insertedBy === b.insertedBy &&
    a.deletedBy === b.deletedBy &&
    (a.hidden === undefined) === (b.hidden === undefined)
  )
}
