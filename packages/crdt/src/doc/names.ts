import type { OpId, ReplicaId } from '../op.js'
import type { AppliedOp } from '../rule.js'
import { CHANGED_TYPE } from './body.js'
import type { DocBody, DocTarget, NodeName } from './body.js'
import type { Container, ListContainer, ListElement } from './container.js'
import { idOf, knows } from './op-marks.js'
import type { Made } from './op-marks.js'
import type { DocState } from './state.js'

/** How an op of `author` names what another op has made. */
export function nameOf({ mark, counter }: Made, author: ReplicaId | undefined): NodeName {
  if (mark.seq !== undefined) return { by: 'seq', seq: mark.seq, counter }
  return mark.replica === author
    ? { by: 'author', counter }
    : { by: 'replica', replica: mark.replica, counter }
}

/** How an op of `author` names a container. */
export function targetOf(container: Container, author: ReplicaId | undefined): DocTarget {
  if (container.made) return { kind: 'made', name: nameOf(container.made, author) }
  return { kind: 'fixed', type: container.type, path: fixedPath(container) }
}

/** Fixed containers lie in fixed maps alone. */
function fixedPath(container: Container): string[] {
  const { place } = container
  return place && 'map' in place ? [...fixedPath(place.map), place.key] : []
}

/** What a name comes to in an op, if that is still there. Whether the op's author knew it is another question. */
export function readName(state: DocState, op: AppliedOp<unknown>, name: NodeName): OpId | undefined {
  const { counter } = name
  if (name.by === 'author') return { replica: op.replica, counter }
  if (name.by === 'replica') return { replica: name.replica, counter }
  const mark = state.marks.at(name.seq)
  return mark && { replica: mark.replica, counter }
}

/** The container that an op changes, where that is a fixed one which is not there yet, undefined. */
export function peekTarget(state: DocState, op: AppliedOp<DocBody>): Container | undefined {
  const { target, change } = op.body
  if (target.kind === 'made') return findMade(state, op, target.name)
  let at: Container | undefined = state.root
  for (const [depth, key] of target.path.entries()) {
    const type = depth === target.path.length - 1 ? CHANGED_TYPE[change.kind] : 'map'
    if (at?.type !== 'map') return undefined
    at = at.fixed?.get(key)?.find((child) => child.type === type)
  }
  return at
}

/**
 * The container of this name, if it is of the type that the op changes. Undefined when it is gone, for
 * ops that were made while others removed it, and when the author names what he cannot have known:
 * such an op does nothing anywhere.
 */
export function findMade(state: DocState, op: AppliedOp<DocBody>, name: NodeName): Container | undefined {
  const type = CHANGED_TYPE[op.body.change.kind]
  const id = readName(state, op, name)
  const container = id && state.containers.get(id)
  if (container?.type !== type || !container.made || !knows(op, container.made)) return undefined
  return container
}

/** The element of a list that an op names, under the same conditions. */
export function findElement(
  state: DocState,
  op: AppliedOp<unknown>,
  list: ListContainer,
  name: NodeName,
): ListElement | undefined {
  const id = readName(state, op, name)
  const element = id && list.elements.get(id)
  return element && knows(op, element) ? element : undefined
}

/** Names of elements, those with consecutive counters as one. */
export function nameRuns(elements: readonly ListElement[], author: ReplicaId | undefined) {
  const runs: { first: NodeName; length: number; last: OpId; mark: Made['mark'] }[] = []
  for (const element of elements) {
    const run = runs.at(-1)
    const id = idOf(element)
    if (run?.mark === element.mark && run.last.counter + 1 === id.counter) {
      run.length++
      run.last = id
    } else runs.push({ first: nameOf(element, author), length: 1, last: id, mark: element.mark })
  }
  return runs.map(({ first, length }) => ({ first, length }))
}
