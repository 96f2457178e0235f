import type { MapIntent } from '../map.js'
import { createCellUndo } from './cell-undo.js'
import type { UndoTracker } from './undo-tracker.js'

type Members = Readonly<Record<string, unknown>>

/** Undo of a map: each key goes back to the value it had, or is deleted, as long as it shows the own one. */
export function createMapUndo(): UndoTracker<Members, MapIntent<unknown>, never> {
  return createCellUndo<Members, MapIntent<unknown>>({
    keyOf: ({ key }) => key,
    read: (value, key) => (typeof key === 'string' && Object.hasOwn(value, key) ? value[key] : undefined),
    write: (key, value) => {
      const name = key as string
      return value === undefined ? { op: 'delete', key: name } : { op: 'set', key: name, value }
    },
    showsAll: false,
  })
}
