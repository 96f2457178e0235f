import type { Stamp } from '../clock.js'
import type { JsonText } from '../json.js'
import type { ReplicaId } from '../op.js'
import type { ElementNames, NameRun } from './element-name.js'
import type { ListBody, SlotRange } from './list-body.js'
import type { ListState } from './list-state.js'
import type { Handle } from './run-index.js'

/** So many runs of slots of deleted elements an op cleans up in passing at most. */
const MAX_SWEPT = 64
const NONE: readonly never[] = Object.freeze([])

/** Slots to remove, and what is left of the ghosts afterwards. */
interface Removal {
  readonly ranges: readonly SlotRange[]
  /** Where they stand once the ranges are removed. */
  readonly ghosts: readonly number[]
}

/** Inserts values before the item at a position of the list, or at its end. */
export function insertBody(state: ListState, position: number, values: readonly JsonText[]): ListBody {
  if (state.ghosts.count === 0) {
    return { kind: 'insert', ranges: NONE, position: Math.min(position, state.length), values }
  }
  const { ranges, ghosts } = removalOf(state, NONE, NONE)
  return { kind: 'insert', ranges, position: slotAt(Math.min(position, state.length), ghosts), values }
}

/**
 * Deletes items by their indices, which are ascending and within the list.
 * @param self the op's author; undefined when another replica than the one that made the elements may send it
 */
export function deleteBody(
  state: ListState,
  indices: readonly number[],
  self: ReplicaId | undefined,
): ListBody {
  const found = slotsAt(indices, state.ghosts.list())
  const elements = found.map((slot) => state.elements.ownerOf(state.slots.at(slot)))
  const { ranges } = removalOf(state, found, elements)
  return { kind: 'delete', ranges, names: namesOf(state, elements, self) }
}

/** Gives the item at an index within the list another value. */
export function setBody(
  state: ListState,
  index: number,
  json: JsonText,
  stampAfter: (seen: readonly Stamp[]) => Stamp,
  self: ReplicaId | undefined,
): ListBody {
  const position = slotAt(index, state.ghosts.list())
  const element = state.elements.ownerOf(state.slots.at(position))
  const name = state.elements.nameOf(element, self)
  return { kind: 'set', position, name, stamp: stampAfter(state.contests.stampsOf(element)), json }
}

/** Moves the item at an index within the list to where it will have another index. */
export function moveBody(
  state: ListState,
  from: number,
  to: number,
  stampAfter: (seen: readonly Stamp[]) => Stamp,
  self: ReplicaId | undefined,
): ListBody {
  const slot = slotAt(from, state.ghosts.list())
  const element = state.elements.ownerOf(state.slots.at(slot))
  const { ranges, ghosts } = removalOf(state, [slot], [element])
  const position = slotAt(Math.min(to, state.length - 1), ghosts)
  const name = state.elements.nameOf(element, self)
  return { kind: 'move', ranges, position, name, stamp: stampAfter(state.contests.stampsOf(element)) }
}

/** The slot of an item, or the end, where some slots are ghosts. */
function slotAt(index: number, ghosts: readonly number[]): number {
  return slotsAt([index], ghosts)[0] as number
}

/** The slots of items by their ascending indices. */
function slotsAt(indices: readonly number[], ghosts: readonly number[]): number[] {
  let before = 0
  return indices.map((index) => {
    while (before < ghosts.length && (ghosts[before] as number) <= index + before) before++
    return index + before
  })
}

/**
 * Adds to slots that are to be removed all ghosts of the elements that are done with or will be. A ghost
 * of any other element stays: by somebody's later move its slot may yet be the one that counts.
 */
function removalOf(state: ListState, slots: readonly number[], elements: readonly Handle[]): Removal {
  const ghosts = state.ghosts.list()
  if (ghosts.length === 0) return { ranges: rangesFrom(slots), ghosts: NONE }

  const doomed = new Set(elements)
  const removed = new Set(slots)
  let runs = 0
  let swept = -1
  for (const position of ghosts) {
    const owner = state.elements.ownerOf(state.slots.at(position))
    if (doomed.has(owner)) removed.add(position)
    else if (state.elements.valueOf(owner) === undefined) {
      if (position !== swept + 1 && ++runs > MAX_SWEPT) continue
      removed.add(position)
      swept = position
    }
  }
  const sorted = [...removed].sort((a, b) => a - b)
  const staying: number[] = []
  let before = 0
  for (const position of ghosts) {
    if (removed.has(position)) continue
    while (before < sorted.length && (sorted[before] as number) < position) before++
    staying.push(position - before)
  }
  return { ranges: rangesFrom(sorted), ghosts: staying }
}

/** Ascending positions as ranges from the last to the first, so that none shifts another. */
function rangesFrom(positions: readonly number[]): readonly SlotRange[] {
  if (positions.length === 0) return NONE
  const ranges: SlotRange[] = []
  for (const { first, count } of runsFrom(positions)) ranges.push({ position: first, count })
  return ranges.reverse()
}

/** Ascending numbers as runs. */
function runsFrom(numbers: readonly number[]): NameRun[] {
  const runs: { first: number; count: number }[] = []
  for (const number of numbers) {
    const last = runs[runs.length - 1]
    if (last && last.first + last.count === number) last.count++
    else runs.push({ first: number, count: 1 })
  }
  return runs
}

function namesOf(state: ListState, elements: readonly Handle[], self: ReplicaId | undefined): ElementNames {
  const placed: number[] = []
  const own: number[] = []
  const foreign = new Map<ReplicaId, number[]>()
  for (const element of elements) {
    const name = state.elements.nameOf(element, self)
    if (name.kind === 'placed') placed.push(name.serial)
    else if (name.kind === 'own') own.push(name.counter)
    else foreign.set(name.replica, [...(foreign.get(name.replica) ?? []), name.counter])
  }
  const sortedRuns = (numbers: number[]) => runsFrom(numbers.sort((a, b) => a - b))
  return {
    placed: sortedRuns(placed),
    own: sortedRuns(own),
    foreign: [...foreign]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([replica, counters]) => ({ replica, runs: sortedRuns(counters) })),
  }
}
