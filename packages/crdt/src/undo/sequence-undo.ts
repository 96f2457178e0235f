import { OwnSpans } from './own-spans.js'
import type { Content, SpanPatch, SwitchPatch } from './own-spans.js'
import type { UndoTracker } from './undo-tracker.js'

/** What differs between texts and lists. */
export interface SequenceAccess<C, Intent> {
  readonly empty: C
  /** True for edits that delete nothing: what was there before need not be known. */
  readonly isInsert: (intent: Intent) => boolean
  /** True for edits that change items without inserting or deleting any; they are not undone. */
  readonly isChange: (intent: Intent) => boolean
  readonly intentsOf: (patch: SpanPatch<C>) => readonly Intent[]
}

/**
 * Undo of a sequence. Undone are the units that an own edit inserted, as far as they are still there, and those
 * it deleted come back between the neighbours they had; what others put between either stays.
 */
export function createSequenceUndo<C extends Content<C>, Intent>({
  empty,
  isInsert,
  isChange,
  intentsOf,
}: SequenceAccess<C, Intent>): UndoTracker<C, Intent, SpanPatch<C>> {
  let spans: OwnSpans<C> | undefined

  const observe = (deltas: readonly SpanPatch<C>[]): void => {
    for (const { position, deleteCount, insert } of deltas)
      spans?.observe(position, deleteCount, insert.length)
  }

  return {
    begin(intent, source) {
      let tracked = spans
      const isFirst = !tracked || tracked.isUnused
      // A long text is not made of its parts for an edit that only inserts.
      let before = isInsert(intent) && !isFirst ? empty : source.value
      if (!tracked || isFirst) spans = tracked = new OwnSpans(before.length, empty)
      return (deltas) => {
        if (isChange(intent)) {
          for (const delta of deltas) if (delta.deleteCount !== delta.insert.length) observe([delta])
          return { kind: 'irreversible', enter: () => undefined }
        }
        return {
          kind: 'recorded',
          enter(entry) {
            for (const { position, deleteCount, insert } of deltas) {
              const end = position + deleteCount
              tracked.edit(position, before.slice(position, end), insert.length, entry)
              // Each applies to what the ones before have left.
              if (deltas.length > 1)
                before = before.slice(0, position).concat(insert, before.slice(end, before.length))
            }
          },
        }
      }
    },
    observe,
    plan(entry, { value }) {
      // Out of step it would touch what is somebody else's.
      if (!spans?.has(entry) || spans.shownLength !== value.length) return undefined
      const { patches, commit } = spans.switch(entry, value)
      const intents = patches.filter(changesSomething).flatMap(intentsOf)
      return intents.length > 0 ? { intents, commit } : undefined
    },
    isAlive(entry, source) {
      if (!spans?.has(entry)) return false
      if (!spans.mayPutBack(entry) || spans.shownLength !== source.value.length) return true
      return spans.switch(entry, source.value).patches.some(changesSomething)
    },
    forget: (entry) => spans?.forget(entry),
  }
}

/** False for a patch that puts the text back that it takes away: a text rule makes no op of it. */
function changesSomething({ insert, removed }: SwitchPatch<unknown>): boolean {
  return insert !== removed
}
