import type { Json } from '../json.js'
import type { Sequence } from '../sequence/sequence.js'
import type { DotMap } from './dot-map.js'
import type { LocalOrder } from './local-order.js'
import type { DocScalar } from './node.js'
import type { Made } from './op-marks.js'
import type { CounterPart, TextPart } from './parts.js'
import type { Sibling } from './siblings.js'

/** What a key or an element holds. */
export type Content = DocScalar | Container

/** Something with a merge of its own. It never leaves its place, and goes with it. */
export type Container = MapContainer | ListContainer | TextContainer | CounterContainer

interface Common {
  /** What made it; undefined for a fixed one, which is there from the beginning. */
  readonly made: Made | undefined
  /** Undefined for the root. */
  readonly place: Place | undefined
  /** How many containers it lies in. */
  readonly depth: number
  /** A fixed one is encoded once an op has named it. */
  isTouched: boolean
  /** True for a fixed one that this client's shape names, so that it shows before it is touched. */
  readonly isDeclared: boolean
}

export type Place = { readonly map: MapContainer; readonly key: string } | { readonly element: ListElement }

/** A write to a key or to an element. */
export interface Written extends Sibling {
  readonly content: Content
}

export interface MapContainer extends Common {
  readonly type: 'map'
  /** Keys that are set, with all concurrent writes, the winner last; never empty. */
  readonly slots: Map<string, readonly Written[]>
  /** Fixed containers by key. There are several only where clients have different shapes. */
  fixed: Map<string, Container[]> | undefined
  /** Keys of which `value` may be wrong; all of them before it was first read. */
  stale: Set<string> | 'all' | undefined
  value: { readonly [key: string]: Json }
}

/** A place in a list's sequence. */
export interface Unit {
  /** Undefined when the element was removed or replaced by a move. */
  element: ListElement | undefined
  /** Where it was last found among the units. */
  hint: number
  /** True once the sequence has lost it. */
  isGone: boolean
}

/** Where an element was put, first or by a move. */
interface Placed extends Sibling {
  readonly unit: Unit
}

export interface ListElement extends Made {
  readonly list: ListContainer
  /** All concurrent writes, the winner last; never empty. */
  values: readonly Written[]
  /** All concurrent moves, the winner last: there it stands, once. */
  places: readonly Placed[]
}

export interface ListContainer extends Common {
  readonly type: 'list'
  sequence: Sequence
  readonly order: LocalOrder
  /** The visible units of the sequence, in their order. */
  units: Unit[]
  readonly elements: DotMap<ListElement>
  /** False as long as every unit surely shows an element. */
  mayHide: boolean
  /** True when `value` may hold other items, or in another order. */
  isStale: boolean
  /** Elements of which `value` may be wrong when it is not stale. */
  changed: Set<ListElement> | undefined
  value: readonly Json[]
}

export interface TextContainer extends Common {
  readonly type: 'text'
  readonly order: LocalOrder
  part: TextPart
}

export interface CounterContainer extends Common {
  readonly type: 'counter'
  part: CounterPart
}

/** True for the element's content, or a key's, when it has a merge of its own. */
export function isContainer(content: Content | undefined): content is Container {
  return typeof content === 'object' && content !== null
}

/** What wins among concurrent writes. */
export function winner(written: readonly Written[] | undefined): Content | undefined {
  return written?.at(-1)?.content
}

/** The fixed container that a key shows, whatever is set there. */
export function fixedChild(map: MapContainer, key: string): Container | undefined {
  const all = map.fixed?.get(key)
  return all?.find(({ isDeclared }) => isDeclared) ?? all?.find(({ isTouched }) => isTouched)
}

/** What a key shows; undefined when there is nothing. */
export function contentAt(map: MapContainer, key: string): Content | undefined {
  return (map.fixed && fixedChild(map, key)) ?? winner(map.slots.get(key))
}

/** True when a unit is where its element stands. */
export function isShown(unit: Unit): boolean {
  return unit.element !== undefined && unit.element.places.at(-1)?.unit === unit
}

/** How many elements are shown before a position of the sequence. */
export function shownBefore(list: ListContainer, position: number): number {
  if (!list.mayHide) return position
  let count = 0
  for (let index = 0; index < position; index++) {
    const unit = list.units[index]
    if (unit && isShown(unit)) count++
  }
  return count
}

/** Where the shown element with an index stands in the sequence; the end of it when there are fewer. */
export function unitPosition(list: ListContainer, index: number): number {
  if (!list.mayHide) return Math.min(index, list.units.length)
  let left = index
  for (const [position, unit] of list.units.entries()) {
    if (!isShown(unit)) continue
    if (left === 0) return position
    left--
  }
  return list.units.length
}

/** How many elements a list shows. */
export function shownCount(list: ListContainer): number {
  return shownBefore(list, list.units.length)
}

/** Where an element stands among those shown; undefined when nowhere. */
export function indexOfElement(element: ListElement): number | undefined {
  const unit = element.places.at(-1)?.unit
  if (!unit || unit.isGone) return undefined
  const { list } = element
  if (list.units[unit.hint] !== unit) unit.hint = list.units.indexOf(unit)
  return shownBefore(list, unit.hint)
}
