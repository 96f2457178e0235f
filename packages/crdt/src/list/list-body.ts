import type { Stamp } from '../clock.js'
import type { JsonText } from '../json.js'
import type { ElementName, ElementNames } from './element-name.js'

/** Slots from a position on. Of several ranges, each applies to what the ones before have left. */
export interface SlotRange {
  readonly position: number
  readonly count: number
}

/**
 * What a list op does, in slots of the version it was made at: an element stands in a slot, and a slot
 * that lost its element to another one, by a concurrent move, is still there for positions to count.
 *
 * `ranges` are slots to remove: first of all, by every op but `set`.
 */
export type ListBody =
  | {
      readonly kind: 'insert'
      readonly ranges: readonly SlotRange[]
      readonly position: number
      readonly values: readonly JsonText[]
    }
  | { readonly kind: 'delete'; readonly ranges: readonly SlotRange[]; readonly names: ElementNames }
  | {
      readonly kind: 'set'
      /** Where the author saw the element. It spares a search and decides nothing. */
      readonly position: number
      readonly name: ElementName
      readonly stamp: Stamp
      readonly json: JsonText
    }
  | {
      readonly kind: 'move'
      readonly ranges: readonly SlotRange[]
      readonly position: number
      readonly name: ElementName
      readonly stamp: Stamp
    }

/** The ranges an op removes: each one is a change of the sequence of its own. */
export function rangesOf(body: ListBody): readonly SlotRange[] {
  return body.kind === 'set' ? NONE : body.ranges
}

const NONE: readonly SlotRange[] = Object.freeze([])

/** How many slots an op inserts. */
function insertCountOf(body: ListBody): number {
  if (body.kind === 'insert') return body.values.length
  return body.kind === 'move' ? 1 : 0
}

/** How many counters an op takes: one for each removed range, one for each inserted slot, one for a `set`. */
export function countOfListBody(body: ListBody): number {
  return body.kind === 'set' ? 1 : body.ranges.length + insertCountOf(body)
}

/** How many changes of the sequence an op is. */
export function changesOf(body: ListBody): number {
  return rangesOf(body).length + (insertCountOf(body) > 0 ? 1 : 0)
}
