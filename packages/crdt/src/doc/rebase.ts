import type { Json } from '../json.js'
import { commonPlaces } from '../list/common-places.js'
import type { CommonPlaces } from '../list/common-places.js'
import type { AppliedOp, RebaseContext } from '../rule.js'
import { rebaseTextDelta } from '../text-rebase.js'
import { CHANGED_TYPE } from './body.js'
import type { DocBody, DocChange } from './body.js'
import { contentAt, indexOfElement, isContainer, shownBefore, unitPosition, winner } from './container.js'
import type { Container, Content, ListContainer } from './container.js'
import { pathOf } from './delta.js'
import { assignBody, bodyOf, insertBody, moveBody, removeBody } from './edits.js'
import { findElement, peekTarget, readName } from './names.js'
import { TEXT } from './parts.js'
import { readContent } from './read.js'
import { elementAt } from './resolve.js'
import type { DocState } from './state.js'

type Change<Kind extends DocChange['kind']> = Extract<DocChange, { kind: Kind }>

/**
 * Carries an op over to another past: to the container of the same name if it is there, or else to the
 * one at the same path, where items of lists are found again by what both lists have in common at
 * their beginning and at their end. An op whose container or item is not found is dropped.
 */
export function rebaseDocBody(
  body: DocBody,
  _before: unknown,
  _after: unknown,
  { op, source, target }: RebaseContext<DocState>,
): DocBody | undefined {
  const applied: AppliedOp<DocBody> = { ...op, seq: undefined, body }
  const { change } = body
  if (body.target.kind === 'fixed' && change.kind !== 'delete' && CHANGED_TYPE[change.kind] === 'map')
    return body
  const from = peekTarget(source, applied)
  const to = from && counterpart(source, target, from)
  if (!from || !to) return body.target.kind === 'fixed' ? body : undefined
  switch (change.kind) {
    case 'set':
    case 'count':
      return bodyOf(to, change, undefined)
    case 'delete':
      return to.type === 'map' && to.slots.has(change.key) ? bodyOf(to, change, undefined) : undefined
    case 'text': {
      if (from.type !== 'text' || to.type !== 'text') return undefined
      const delta = rebaseTextDelta(change.delta, TEXT.value(from.part), TEXT.value(to.part))
      return delta && bodyOf(to, { kind: 'text', delta }, undefined)
    }
    default:
      if (from.type !== 'list' || to.type !== 'list') return undefined
      return rebaseListChange(source, applied, change, from, to)
  }
}

function rebaseListChange(
  source: DocState,
  op: AppliedOp<DocBody>,
  change: Change<'insert' | 'remove' | 'assign' | 'move'>,
  from: ListContainer,
  to: ListContainer,
): DocBody | undefined {
  const places = commonPlaces(textsOf(from), textsOf(to))
  switch (change.kind) {
    case 'insert':
      return insertBody(to, places.gap(shownBefore(from, change.position)), change.nodes, undefined)
    case 'remove': {
      const elements = change.elements.flatMap(({ first, length }) => {
        const id = readName(source, op, first)
        return id ? from.elements.run(id, length) : []
      })
      const indices = elements
        .map((element) => places.item(indexOfElement(element)))
        .filter((index) => index !== undefined)
        .sort((left, right) => left - right)
      return indices.length === 0 ? undefined : removeBody(to, indices, undefined)
    }
    case 'assign': {
      const index = indexNow(source, op, change, from, places)
      const element = index === undefined ? undefined : elementAt(to, unitPosition(to, index))
      return element && assignBody(element, change.node, change.stamp, undefined)
    }
    case 'move': {
      const index = indexNow(source, op, change, from, places)
      if (index === undefined) return undefined
      const landing = change.to >= change.from ? change.to + 1 : change.to
      const gap = places.gap(shownBefore(from, landing))
      const landed = gap > index ? gap - 1 : gap
      return landed === index ? undefined : moveBody(to, index, landed, () => change.stamp, undefined)
    }
  }
}

function indexNow(
  source: DocState,
  op: AppliedOp<DocBody>,
  change: Change<'assign' | 'move'>,
  from: ListContainer,
  places: CommonPlaces,
): number | undefined {
  const element = findElement(source, op, from, change.element)
  return element && places.item(indexOfElement(element))
}

/** The container in the target for one in the source. */
function counterpart(source: DocState, target: DocState, container: Container): Container | undefined {
  const { made, type } = container
  const named = made && target.containers.get({ replica: made.mark.replica, counter: made.counter })
  if (named?.type === type && pathOf(named)) return named
  let from: Content | undefined = source.root
  let to: Content | undefined = target.root
  for (const segment of pathOf(container) ?? [undefined]) {
    if (!isContainer(from) || !isContainer(to)) return undefined
    if (from.type === 'map' && to.type === 'map' && typeof segment === 'string') {
      from = contentAt(from, segment)
      to = contentAt(to, segment)
    } else if (from.type === 'list' && to.type === 'list' && typeof segment === 'number') {
      const index = commonPlaces(textsOf(from), textsOf(to)).item(segment)
      to = index === undefined ? undefined : itemOf(to, index)
      from = itemOf(from, segment)
    } else return undefined
  }
  return isContainer(to) && to.type === type ? to : undefined
}

function itemOf(list: ListContainer, index: number): Content | undefined {
  return winner(elementAt(list, unitPosition(list, index))?.values)
}

/** Keys of values have one order, so that equal items have equal texts. */
function textsOf(list: ListContainer): string[] {
  return (readContent(list) as readonly Json[]).map((item) => JSON.stringify(item))
}
