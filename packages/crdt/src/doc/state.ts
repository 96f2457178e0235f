import { fixedChild, isContainer } from './container.js'
import type { Container, Content, ListContainer, ListElement, MapContainer, Place } from './container.js'
import { DotMap } from './dot-map.js'
import { createContainer } from './make.js'
import { CONTAINER_TYPES } from './node.js'
import type { ContainerType } from './node.js'
import { OpMarks, idOf } from './op-marks.js'
import type { Made, OpMark } from './op-marks.js'
import type { DocShape } from './shape.js'

/** An own op without a place, and the container that must hear of it. */
interface PendingMark {
  readonly mark: OpMark
  readonly container: Container | undefined
}

/** What a document knows: a tree of containers, and which of them bear which name. */
export interface DocState {
  readonly root: MapContainer
  readonly marks: OpMarks
  /** Those that ops have made. */
  readonly containers: DotMap<Container>
  readonly pending: DotMap<PendingMark>
  /** The lowest base of an op that can be merged. */
  readonly floor: number
}

/** @param shape names the fixed containers that show before anybody has touched them */
export function createDocState(shape: DocShape, floor: number): DocState {
  const root = createContainer('map', { made: undefined, place: undefined, depth: 0 })
  root.isTouched = true
  declare(root, shape)
  return { root, marks: new OpMarks(), containers: new DotMap(), pending: new DotMap(), floor }
}

function declare(map: MapContainer, shape: DocShape): void {
  for (const [key, part] of Object.entries(shape)) {
    if (typeof part === 'string') addFixed(map, key, part, true)
    else {
      const child = addFixed(map, key, 'map', true)
      if (child.type === 'map') declare(child, part)
    }
  }
}

function addFixed(map: MapContainer, key: string, type: ContainerType, isDeclared: boolean): Container {
  const place: Place = { map, key }
  const child = createContainer(type, { made: undefined, place, depth: map.depth + 1, isDeclared })
  map.fixed ??= new Map()
  const all = [...(map.fixed.get(key) ?? []), child]
  // Where clients disagree on the type, all show the same one.
  all.sort((left, right) => CONTAINER_TYPES.indexOf(left.type) - CONTAINER_TYPES.indexOf(right.type))
  map.fixed.set(key, all)
  markKeyStale(map, key)
  return child
}

/** A fixed container that an op names. */
interface Touched {
  readonly container: Container
  /** The outermost container that shows from now on, where there was nothing or something else. */
  readonly appeared: Container | undefined
}

/** The fixed container with a path, which is encoded and shown from now on. */
export function touchFixed(root: MapContainer, path: readonly string[], type: ContainerType): Touched {
  let map = root
  let appeared: Container | undefined
  for (const [depth, key] of path.entries()) {
    const isLast = depth === path.length - 1
    const shown = fixedChild(map, key)
    const child = touchChild(map, key, isLast ? type : 'map')
    if (shown !== child && fixedChild(map, key) === child) appeared ??= child
    if (isLast || child.type !== 'map') return { container: child, appeared }
    map = child
  }
  return { container: map, appeared }
}

/** The fixed container of a map with a key and a type, which is encoded and shown from now on. */
export function touchChild(map: MapContainer, key: string, type: ContainerType): Container {
  const child = map.fixed?.get(key)?.find((other) => other.type === type) ?? addFixed(map, key, type, false)
  if (!child.isTouched) {
    child.isTouched = true
    markStale(child)
  }
  return child
}

/** Adds a container under its name. */
export function register(state: DocState, made: Made, container: Container): void {
  state.containers.add(idOf(made), container)
  state.marks.keep(made.mark)
}

/** Adds a list element under its name. */
export function registerElement(state: DocState, element: ListElement): void {
  element.list.elements.add(idOf(element), element)
  state.marks.keep(element.mark)
}

/** Forgets what no op can bring back. */
export function drop(state: DocState, content: Content): void {
  if (!isContainer(content)) return
  if (content.made) {
    state.containers.delete(idOf(content.made))
    state.marks.release(content.made.mark)
  }
  if (content.type === 'map') {
    for (const written of content.slots.values()) for (const one of written) drop(state, one.content)
  } else if (content.type === 'list') {
    for (const element of content.elements) dropElement(state, element)
  }
}

/** Forgets an element with all that it holds; its units, as far as they are there, show nothing from now on. */
export function dropElement(state: DocState, element: ListElement): void {
  const { list } = element
  list.elements.delete(idOf(element))
  state.marks.release(element.mark)
  for (const { unit } of element.places) unit.element = undefined
  for (const { content } of element.values) drop(state, content)
}

/** Tells all that lie around a container that their values are to be read anew. */
export function markStale({ place }: Container): void {
  if (place) markPlaceStale(place)
}

/** Stops where it is known already. */
function markPlaceStale(place: Place): void {
  if ('map' in place) {
    const { map, key } = place
    if (map.stale === 'all' || map.stale?.has(key)) return
    addStale(map, key)
    markStale(map)
  } else {
    const { element } = place
    const { list } = element
    if (list.isStale || list.changed?.has(element)) return
    list.changed ??= new Set()
    list.changed.add(element)
    markStale(list)
  }
}

/** Tells that a key of a map is to be read anew. */
export function markKeyStale(map: MapContainer, key: string): void {
  addStale(map, key)
  markStale(map)
}

/** Tells that an element is to be read anew, where it stands. */
export function markElementStale(element: ListElement): void {
  markPlaceStale({ element })
}

/** Tells that a list is to be read anew. */
export function markListStale(list: ListContainer): void {
  list.isStale = true
  markStale(list)
}

function addStale(map: MapContainer, key: string): void {
  if (map.stale === 'all') return
  map.stale ??= new Set()
  map.stale.add(key)
}
