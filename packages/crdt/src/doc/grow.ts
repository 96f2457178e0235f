import type { ReplicaId } from '../op.js'
import type {
  Container,
  Content,
  ListContainer,
  ListElement,
  MapContainer,
  Place,
  Unit,
} from './container.js'
import { createContainer } from './make.js'
import { isScalar } from './node.js'
import type { ContainerNode, DocNode } from './node.js'
import type { Made, OpMark } from './op-marks.js'
import { COUNTER } from './parts.js'
import { FIRST_STAMP } from './siblings.js'
import { register, registerElement } from './state.js'
import type { DocState } from './state.js'

/** Gives the nodes of one op their counters, in the order in which they are met. */
export interface NodeCounters {
  readonly mark: OpMark
  next: number
}

/** Makes a key's or an element's content of a node, with all that lies in it. */
export function grow(state: DocState, node: DocNode, counters: NodeCounters, place: Place): Content {
  const made = nextMade(counters)
  return isScalar(node) ? node : growContainer(state, node, counters, made, place)
}

/** Makes an element of a list, which is then to be given a unit. */
export function growElement(
  state: DocState,
  node: DocNode,
  counters: NodeCounters,
  list: ListContainer,
): ListElement {
  const made = nextMade(counters)
  const element: ListElement = { ...made, list, values: [], places: [] }
  const content = isScalar(node) ? node : growContainer(state, node, counters, made, { element })
  const first = { ...made, stamp: FIRST_STAMP }
  element.values = [{ ...first, content }]
  element.places = [{ ...first, unit: unitOf(element) }]
  registerElement(state, element)
  return element
}

/** A unit that stands for an element. */
export function unitOf(element: ListElement | undefined): Unit {
  return { element, hint: 0, isGone: false }
}

function nextMade(counters: NodeCounters): Made {
  return { mark: counters.mark, counter: counters.next++ }
}

function growContainer(
  state: DocState,
  node: ContainerNode,
  counters: NodeCounters,
  made: Made,
  place: Place,
): Container {
  const depth = ('map' in place ? place.map : place.element.list).depth + 1
  const container = createContainer(node.type, { made, place, depth }, startOf(node))
  register(state, made, container)
  if (node.type === 'map' && container.type === 'map') growEntries(state, node.entries, counters, container)
  if (node.type === 'list' && container.type === 'list') {
    for (const item of node.items) {
      const [first] = growElement(state, item, counters, container).places
      if (first) container.units.push(first.unit)
    }
  }
  return container
}

function growEntries(
  state: DocState,
  entries: Extract<ContainerNode, { type: 'map' }>['entries'],
  counters: NodeCounters,
  map: MapContainer,
): void {
  for (const [key, node] of entries) {
    const counter = counters.next
    const content = grow(state, node, counters, { map, key })
    map.slots.set(key, [{ mark: counters.mark, counter, stamp: FIRST_STAMP, content }])
  }
}

function startOf(node: ContainerNode) {
  switch (node.type) {
    case 'text':
      return { text: node.text }
    case 'list':
      return { length: node.items.length }
    case 'counter':
      return { counter: counterOf(node.amount) }
    case 'map':
      return {}
  }
}

function counterOf(amount: number) {
  const part = COUNTER.create()
  // A counter asks for no more of an op than its amount.
  if (amount !== 0) COUNTER.apply(part, { ...ANY_OP, body: amount })
  return part
}

const ANY_OP = {
  replica: '0'.repeat(32) as ReplicaId,
  counter: 1,
  count: 1,
  base: 0,
  extra: [],
  seq: undefined,
}
