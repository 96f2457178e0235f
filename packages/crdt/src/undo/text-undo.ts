import type { TextDelta } from '../text-delta.js'
import type { TextIntent } from '../text.js'
import { OwnSpans } from './own-spans.js'
import type { UndoTracker } from './undo-tracker.js'

/**
 * Undo of a text. Undone are the units that an own edit inserted, as far as they are still there, and those
 * it deleted come back between the neighbours they had; what others wrote into either stays.
 */
export function createTextUndo(): UndoTracker<string, TextIntent, TextDelta> {
  let spans: OwnSpans<string> | undefined
  return {
    begin({ op }, source) {
      // Only what goes must be known before; most edits insert.
      let tracked = spans
      const isFirst = !tracked || tracked.isUnused
      const before = op === 'insert' && !isFirst ? '' : source.value
      if (!tracked || isFirst) spans = tracked = new OwnSpans(before.length, '')
      return (deltas) => ({
        kind: 'recorded',
        enter: (entry) => {
          for (const { position, deleteCount, insert } of deltas)
            tracked.edit(position, before.slice(position, position + deleteCount), insert.length, entry)
        },
      })
    },
    observe(deltas) {
      for (const { position, deleteCount, insert } of deltas)
        spans?.observe(position, deleteCount, insert.length)
    },
    plan(entry, { value }) {
      if (!spans?.has(entry) || spans.shownLength !== value.length) return undefined
      const { patches, commit } = spans.switch(entry, value)
      const intents = patches.map(({ position: pos, deleteCount: length, insert: text }): TextIntent => ({
        op: 'replace',
        pos,
        length,
        text,
      }))
      return { intents, commit }
    },
    isAlive: (entry) => spans?.has(entry) ?? false,
    forget: (entry) => spans?.forget(entry),
  }
}
