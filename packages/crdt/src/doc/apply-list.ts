import type { Json } from '../json.js'
import type { ListDelta } from '../list/list-delta.js'
import type { SequenceChange, SequencePatch } from '../sequence/sequence.js'
import type { AppliedOp } from '../rule.js'
import type { DocBody, DocChange, RemovalStep } from './body.js'
import { indexOfElement, isShown, shownBefore, winner } from './container.js'
import type { ListContainer, ListElement, Unit } from './container.js'
import { pathOf } from './delta.js'
import type { DocDelta } from './delta.js'
import { grow, growElement, unitOf } from './grow.js'
import { findElement, readName } from './names.js'
import { knows } from './op-marks.js'
import type { OpMark } from './op-marks.js'
import { readContent } from './read.js'
import { withSibling } from './siblings.js'
import { drop, dropElement, markElementStale, markListStale } from './state.js'
import type { DocState } from './state.js'

/** An op while it is folded into a list, and what it has changed there so far. */
interface Task {
  readonly state: DocState
  readonly op: AppliedOp<DocBody>
  readonly list: ListContainer
  readonly mark: OpMark
  readonly changes: ListDelta<Json>[]
}

/** Folds an op into a list. */
export function applyToList(
  state: DocState,
  op: AppliedOp<DocBody>,
  list: ListContainer,
  mark: OpMark,
): readonly DocDelta[] {
  const task: Task = { state, op, list, mark, changes: [] }
  applyChange(task, op.body.change)
  if (task.changes.length === 0) return []
  if (op.body.change.kind !== 'assign') markListStale(list)
  const path = pathOf(list)
  return path ? task.changes.map((delta) => ({ path, type: 'list' as const, delta })) : []
}

/** Gives an own op its place in the list's sequence. */
export function settleList(list: ListContainer, op: AppliedOp<DocBody> & { readonly seq: number }): void {
  for (const counter of countersOf(op)) {
    list.sequence.settle({ replica: op.replica, counter }, list.order.place(op.seq))
  }
}

/** What an op does to the sequence takes a counter for each of its steps. */
function countersOf({ counter, body }: AppliedOp<DocBody>): readonly number[] {
  switch (body.change.kind) {
    case 'insert':
      return [counter]
    case 'remove':
      return stepCounters(counter, body.change.steps)
    case 'move':
      return [counter, counter + 1]
    default:
      return []
  }
}

function stepCounters(counter: number, steps: readonly RemovalStep[]): number[] {
  let next = counter
  return steps.map(({ deleteCount }) => {
    const own = next
    next += deleteCount
    return own
  })
}

function applyChange(task: Task, change: DocChange): void {
  switch (change.kind) {
    case 'insert':
      return insert(task, change)
    case 'remove':
      return remove(task, change)
    case 'assign':
      return assign(task, change)
    case 'move':
      return move(task, change)
    default:
  }
}

function insert(task: Task, { position, nodes }: Extract<DocChange, { kind: 'insert' }>): void {
  const { state, op, list, mark } = task
  const counters = { mark, next: op.counter }
  const elements = nodes.map((node) => growElement(state, node, counters, list))
  const units = elements.flatMap(({ places }) => places.map(({ unit }) => unit))
  for (const change of patch(task, op.counter, { position, deleteCount: 0, insertCount: nodes.length })) {
    const added = units.slice(0, change.insertCount)
    addUnits(list, change.position, added)
    const items = added.map(({ element }) => readContent(winner(element?.values) ?? null))
    tell(task, { position: shownBefore(list, change.position), deleteCount: 0, insert: items })
  }
}

function remove(task: Task, change: Extract<DocChange, { kind: 'remove' }>): void {
  const { state, op } = task
  for (const [index, counter] of stepCounters(op.counter, change.steps).entries()) {
    const step = change.steps[index]
    if (!step) continue
    for (const one of patch(task, counter, { ...step, insertCount: 0 })) takeUnits(task, one)
  }
  // Each once, however often it is named.
  const removed = new Set(removedElements(task, change))
  // One stands somewhere else when somebody has moved it meanwhile.
  const left = new Set([...removed].filter(({ places }) => places.at(-1)?.unit.isGone === false))
  if (left.size > 0) hideAll(task, left)
  for (const element of removed) dropElement(state, element)
}

/** Tells that elements are shown no more, in one pass however many they are. */
function hideAll(task: Task, hidden: ReadonlySet<ListElement>): void {
  const { list } = task
  list.mayHide = true
  let position = 0
  let deleteCount = 0
  for (const unit of list.units) {
    if (!unit.element || !isShown(unit)) continue
    if (hidden.has(unit.element)) {
      deleteCount++
      continue
    }
    if (deleteCount > 0) tell(task, { position, deleteCount, insert: [] })
    deleteCount = 0
    position++
  }
  if (deleteCount > 0) tell(task, { position, deleteCount, insert: [] })
}

function removedElements({ state, op, list }: Task, change: Extract<DocChange, { kind: 'remove' }>) {
  return change.elements.flatMap(({ first, length }) => {
    const id = readName(state, op, first)
    return id ? list.elements.run(id, length).filter((element) => knows(op, element)) : []
  })
}

function assign(task: Task, change: Extract<DocChange, { kind: 'assign' }>): void {
  const { state, op, list, mark } = task
  const element = findElement(state, op, list, change.element)
  if (!element) return
  const before = winner(element.values)
  const left = element.values.filter((one) => !knows(op, one))
  const replaced = element.values.filter((one) => !left.includes(one))
  const content = grow(state, change.node, { mark, next: op.counter }, { element })
  element.values = withSibling(left, { mark, counter: op.counter, stamp: change.stamp, content })
  for (const one of replaced) drop(state, one.content)
  const after = winner(element.values)
  const index = indexOfElement(element)
  if (index === undefined || after === undefined || Object.is(before, after)) return
  markElementStale(element)
  tell(task, { position: index, deleteCount: 1, insert: [readContent(after)] })
}

function move(task: Task, change: Extract<DocChange, { kind: 'move' }>): void {
  const { state, op, list, mark } = task
  const { from, to, stamp } = change
  const element = findElement(state, op, list, change.element)
  const former = element?.places.at(-1)?.unit
  for (const one of patch(task, op.counter, { position: from, deleteCount: 1, insertCount: 0 })) {
    takeUnits(task, one)
  }
  const unit = unitOf(element)
  list.mayHide = true
  const counter = op.counter + 1
  for (const one of patch(task, counter, { position: to, deleteCount: 0, insertCount: 1 })) {
    addUnits(list, one.position, [unit])
  }
  if (!element) return
  const left = element.places.filter((one) => !knows(op, one))
  const places = withSibling(left, { mark, counter, stamp, unit })
  const winning = places.at(-1)?.unit
  if (winning !== former) leave(task, element)
  element.places = places
  if (winning !== former) enter(task, element)
}

/** An element is about to stand somewhere else. */
function leave(task: Task, element: ListElement): void {
  const index = indexOfElement(element)
  if (index !== undefined) tell(task, { position: index, deleteCount: 1, insert: [] })
}

/** An element stands where it did not stand before. */
function enter(task: Task, element: ListElement): void {
  const index = indexOfElement(element)
  const content = winner(element.values)
  if (index === undefined || content === undefined) return
  tell(task, { position: index, deleteCount: 0, insert: [readContent(content)] })
}

/** Merges a step of an op into the sequence. */
function patch(task: Task, counter: number, body: SequencePatch): readonly SequenceChange[] {
  const { list, op } = task
  return list.sequence.apply(list.order.localize(op, counter, undefined), body)
}

function takeUnits(task: Task, { position, deleteCount }: SequenceChange): void {
  const { list } = task
  const index = shownBefore(list, position)
  const taken = list.units.slice(position, position + deleteCount)
  const shown = taken.filter(isShown).length
  list.units.splice(position, deleteCount)
  for (const unit of taken) unit.isGone = true
  if (shown > 0) tell(task, { position: index, deleteCount: shown, insert: [] })
}

/** How many arguments a call takes without trouble. */
const MAX_ARGUMENTS = 10_000

function addUnits(list: ListContainer, position: number, units: readonly Unit[]): void {
  units.forEach((unit, index) => {
    unit.hint = position + index
  })
  if (units.length <= MAX_ARGUMENTS) list.units.splice(position, 0, ...units)
  else list.units = [...list.units.slice(0, position), ...units, ...list.units.slice(position)]
}

function tell(task: Task, change: ListDelta<Json>): void {
  task.changes.push(change)
}
