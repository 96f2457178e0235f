import type { Stamp } from '../clock.js'
import type { ReplicaId } from '../op.js'
import type { DocBody, DocChange } from './body.js'
import { isShown, unitPosition } from './container.js'
import type { Container, ListContainer, ListElement } from './container.js'
import { nameOf, nameRuns, targetOf } from './names.js'
import type { DocNode } from './node.js'
import { elementAt } from './resolve.js'

/** Who makes an op; undefined when its author is not known yet. */
export type Author = ReplicaId | undefined

/** An op on a container. */
export function bodyOf(container: Container, change: DocChange, author: Author): DocBody {
  return { target: targetOf(container, author), change }
}

/** Inserts before the item with an index, or at the end. */
export function insertBody(
  list: ListContainer,
  index: number,
  nodes: readonly DocNode[],
  author: Author,
): DocBody {
  return bodyOf(list, { kind: 'insert', position: unitPosition(list, index), nodes }, author)
}

/** Gives an item another value. */
export function assignBody(element: ListElement, node: DocNode, stamp: Stamp, author: Author): DocBody {
  return bodyOf(element.list, { kind: 'assign', element: nameOf(element, author), stamp, node }, author)
}

/** Moves an item, so that it has the index `to` afterwards. */
export function moveBody(
  list: ListContainer,
  from: number,
  to: number,
  stampAfter: (element: ListElement) => Stamp,
  author: Author,
): DocBody | undefined {
  const position = unitPosition(list, from)
  const element = elementAt(list, position)
  if (!element) return undefined
  // Without the element, what stood behind it is one further to the front.
  const landing = to < from ? unitPosition(list, to) : unitPosition(list, to + 1) - 1
  const stamp = stampAfter(element)
  return bodyOf(
    list,
    { kind: 'move', element: nameOf(element, author), from: position, to: landing, stamp },
    author,
  )
}

/** Removes items with ascending indices that are all there. */
export function removeBody(list: ListContainer, indices: readonly number[], author: Author): DocBody {
  const elements: ListElement[] = []
  const steps: { position: number; deleteCount: number }[] = []
  const isMeant = new Set(indices.map((index) => unitPosition(list, index)))
  let position = unitPosition(list, indices[0] ?? 0)
  for (let at = position; elements.length < isMeant.size; at++) {
    const unit = list.units[at]
    if (!unit) break
    const last = steps.at(-1)
    const isNext = last?.position === position
    // What hides between two of them goes too, unless it is a place that lost and may yet win.
    if (!isMeant.has(at) && (unit.element || !isNext)) {
      position++
      continue
    }
    if (unit.element && isShown(unit)) elements.push(unit.element)
    if (last && isNext) last.deleteCount++
    else steps.push({ position, deleteCount: 1 })
  }
  return bodyOf(list, { kind: 'remove', steps, elements: nameRuns(elements, author) }, author)
}
