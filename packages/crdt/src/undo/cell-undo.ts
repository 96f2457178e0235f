import type { Cells } from '../cells.js'
import { isSameJson } from '../json.js'
import type { UndoEntry, UndoSource, UndoTracker } from './undo-tracker.js'

/** What differs between values that are made of cells. */
export interface CellAccess<Value, Intent> {
  /** Which cell an intent is about. */
  readonly keyOf: (intent: Intent) => unknown
  /** What a cell shows; undefined when nothing. */
  readonly read: (value: Value, key: unknown) => unknown
  /** How to make a cell show something; undefined when that is impossible. */
  readonly write: (key: unknown, content: unknown) => Intent | undefined
  /** True when all who wrote a cell at the same time are seen in it, not just the last of them. */
  readonly showsAll: boolean
}

/** What an entry made of a cell. */
interface CellChange {
  readonly before: unknown
  readonly after: unknown
}

/**
 * Undo of a value that is made of cells: each goes back to what it showed before the own edit, as long as
 * it still shows what that edit wrote. What somebody else has written since stays.
 */
export function createCellUndo<Value, Intent>({
  keyOf,
  read,
  write,
  showsAll,
}: CellAccess<Value, Intent>): UndoTracker<Value, Intent, never> {
  const entries = new Map<UndoEntry, Map<unknown, CellChange>>()

  /** True when nobody else has a part in what a cell shows. */
  function isOwn({ state, replica }: UndoSource, key: unknown, content: unknown): boolean {
    const { cells } = state as { readonly cells: Cells<unknown> }
    // Contents that look the same are the same one.
    const writers = cells.rows(key).filter((row) => showsAll || cells.values[row] === content)
    return writers.every((row) => cells.replicas[row] === replica)
  }

  function intentsOf(entry: UndoEntry, source: UndoSource<Value>): Intent[] {
    const intents: Intent[] = []
    for (const [key, { before, after }] of entries.get(entry) ?? []) {
      const [expected, wanted] = entry.isDone ? [after, before] : [before, after]
      const content = read(source.value, key)
      if (!isSameJson(content, expected) || !isOwn(source, key, content)) continue
      const intent = write(key, wanted)
      if (intent !== undefined) intents.push(intent)
    }
    return intents
  }

  return {
    begin(intent, source) {
      const key = keyOf(intent)
      const before = read(source.value, key)
      const wasOwn = isOwn(source, key, before)
      return () => {
        const after = read(source.value, key)
        if (isSameJson(before, after)) {
          // Written anew by this replica: no longer can it be told from what an older edit has written.
          if (!wasOwn) for (const changes of entries.values()) changes.delete(key)
          return { kind: 'unchanged', enter: () => undefined }
        }
        return {
          kind: write(key, before) === undefined ? 'irreversible' : 'recorded',
          enter(entry) {
            const changes = entries.get(entry) ?? new Map<unknown, CellChange>()
            entries.set(entry, changes)
            const former = changes.get(key)
            // Beyond what somebody else wrote meanwhile nothing goes back.
            const first = former && wasOwn && isSameJson(former.after, before) ? former.before : before
            if (isSameJson(first, after)) changes.delete(key)
            else changes.set(key, { before: first, after })
          },
        }
      }
    },
    plan(entry, source) {
      const intents = intentsOf(entry, source)
      return intents.length > 0 ? { intents, commit: () => undefined } : undefined
    },
    isAlive: (entry, source) => intentsOf(entry, source).length > 0,
    forget: (entry) => void entries.delete(entry),
  }
}
