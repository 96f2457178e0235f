import { invalidIntent } from '../intent.js'
import { contentAt, fixedChild, isContainer, isShown, unitPosition, winner } from './container.js'
import type { Container, Content, ListContainer, ListElement, MapContainer } from './container.js'
import type { DocPath } from './delta.js'
import type { ContainerType } from './node.js'

/** A key of a map or an item of a list. */
export type Member =
  | { readonly map: MapContainer; readonly key: string }
  | { readonly list: ListContainer; readonly element: ListElement; readonly position: number }

/** @throws FlowSyncError `op/invalid-intent` unless it is an array of strings and indices */
export function readPath(path: unknown): DocPath {
  if (!Array.isArray(path))
    throw invalidIntent('"path" is an array of keys and indices, such as ["todos", 0, "done"]')
  return path.map((segment: unknown) => {
    if (typeof segment === 'string' || (Number.isSafeInteger(segment) && Number(segment) >= 0)) {
      return segment as string | number
    }
    throw invalidIntent('a path has strings for keys and whole numbers from 0 for indices')
  })
}

/**
 * The container of a kind that a path names now.
 * @throws FlowSyncError `op/invalid-intent`, naming how far the path leads
 */
export function containerAt<Type extends ContainerType>(
  root: MapContainer,
  path: DocPath,
  type: Type,
): Extract<Container, { type: Type }> {
  const content = contentOf(root, path)
  if (isContainer(content) && content.type === type) return content as Extract<Container, { type: Type }>
  const hint = type === 'text' && typeof content === 'string' ? '; createText makes one' : ''
  throw invalidIntent(`${show(path)} is ${kindOf(content)}, not a ${type}${hint}`)
}

/**
 * What the last segment of a path names in what the others lead to: a key, which need not be set, or
 * an item that is there.
 * @throws FlowSyncError `op/invalid-intent`
 */
export function memberAt(root: MapContainer, path: DocPath): Member {
  const last = path.at(-1)
  if (last === undefined) throw invalidIntent('the root cannot be replaced; name a key of it')
  const parent = contentOf(root, path.slice(0, -1))
  if (isContainer(parent) && parent.type === 'map' && typeof last === 'string') {
    if (fixedChild(parent, last)) throw invalidIntent(`${show(path)} is part of the document's shape`)
    return { map: parent, key: last }
  }
  if (isContainer(parent) && parent.type === 'list' && typeof last === 'number') {
    return { list: parent, ...itemAt(parent, path, last) }
  }
  throw invalidIntent(`${show(path.slice(0, -1))} is ${kindOf(parent)} and has no ${JSON.stringify(last)}`)
}

/**
 * The item with an index, and where it stands in the sequence.
 * @param path for the message
 * @throws FlowSyncError `op/invalid-intent`
 */
export function itemAt(
  list: ListContainer,
  path: DocPath,
  index: number,
): { readonly element: ListElement; readonly position: number } {
  const position = unitPosition(list, index)
  const element = elementAt(list, position)
  if (!element) throw invalidIntent(`there is nothing at ${show(path)}`)
  return { element, position }
}

/** The element that is shown at a position of the sequence. */
export function elementAt(list: ListContainer, position: number): ListElement | undefined {
  const unit = list.units[position]
  return unit && isShown(unit) ? unit.element : undefined
}

/** @throws FlowSyncError `op/invalid-intent` */
function contentOf(root: MapContainer, path: DocPath): Content {
  let content: Content = root
  for (const [depth, segment] of path.entries()) {
    const next: Content | undefined = isContainer(content) ? step(content, segment) : undefined
    if (next === undefined) throw invalidIntent(`there is nothing at ${show(path.slice(0, depth + 1))}`)
    content = next
  }
  return content
}

function step(container: Container, segment: string | number): Content | undefined {
  if (container.type === 'map' && typeof segment === 'string') return contentAt(container, segment)
  if (container.type !== 'list' || typeof segment !== 'number') return undefined
  return winner(elementAt(container, unitPosition(container, segment))?.values)
}

function kindOf(content: Content): string {
  if (isContainer(content)) return `a ${content.type}`
  return content === null ? 'null' : `a ${typeof content}`
}

/** A path as messages show it. */
function show(path: DocPath): string {
  return JSON.stringify(path)
}
