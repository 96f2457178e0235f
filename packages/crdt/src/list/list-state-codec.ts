import type { ByteReader, ByteWriter } from '../bytes.js'
import { decodeVersioned, encodeVersioned, malformed, readCount } from '../codec.js'
import { readJson, writeJson } from '../json.js'
import type { JsonText } from '../json.js'
import { ListState } from './list-state.js'
import type { Handle } from './run-index.js'

/*
 * A list in which every op has its place, format 1: a byte for the format, then numbers as varints:
 *
 *   the serial of the next element
 *   runs of slots behind their number, each: kind + 4 * (count - 1), and the first serial if it has one
 *     kind 0  items whose serials ascend by one
 *          1  items whose serials descend by one, two at least
 *          2  a ghost of a deleted element
 *          3  a ghost of an element that stands elsewhere
 *   serials of elements that stand nowhere, ascending, behind their number
 *   the values of all items in their order, then those of elements that stand nowhere
 *
 * Whoever continues from it gets no op made below its seq, so that what decided between concurrent ops
 * up to there (stamps, authors, losing values, deleted elements) is of no use any more.
 */
const FORMAT = 1
const ASCENDING = 0
const DESCENDING = 1
const DEAD_GHOST = 2
const GHOST = 3

/** A run of slots; `serial` is that of the first. */
interface SlotRun {
  kind: number
  readonly serial: number
  count: number
}

/** Encodes a list: equal ones give equal bytes. */
export function encodeListState(state: ListState): Uint8Array {
  return encodeVersioned(FORMAT, (writer) => {
    const { elements } = state
    const values: JsonText[] = []
    state.forEachShown((element) => values.push(elements.valueOf(element) as JsonText))
    const lost = lostElements(state, values.length)
    for (const element of lost) values.push(elements.valueOf(element) as JsonText)

    writer.varint(state.nextSerial)
    writeRuns(writer, runsOf(state))
    writer.varint(lost.length)
    let before = -1
    for (const element of lost) {
      const serial = elements.serialOf(element)
      writer.varint(serial - before - 1)
      before = serial
    }
    for (const json of values) writeJson(writer, json)
  })
}

function runsOf(state: ListState): SlotRun[] {
  const { elements, slots, ghosts } = state
  const runs: SlotRun[] = []
  for (let position = 0; position < slots.length; position++) {
    const owner = elements.ownerOf(slots.at(position))
    const serial = elements.serialOf(owner)
    if (ghosts.count === 0 || !ghosts.has(position)) addItem(runs, serial)
    else if (elements.valueOf(owner) === undefined) runs.push({ kind: DEAD_GHOST, serial: 0, count: 1 })
    else runs.push({ kind: GHOST, serial, count: 1 })
  }
  return runs
}

function addItem(runs: SlotRun[], serial: number): void {
  const last = runs[runs.length - 1]
  if (last?.kind === ASCENDING && serial === last.serial + last.count) last.count++
  else if (last && last.count === 1 && last.kind === ASCENDING && serial === last.serial - 1) {
    last.kind = DESCENDING
    last.count++
  } else if (last?.kind === DESCENDING && serial === last.serial - last.count) last.count++
  else runs.push({ kind: ASCENDING, serial, count: 1 })
}

/** Elements whose slot somebody removed without deleting them, as no well-behaved op does; by serial. */
function lostElements(state: ListState, shown: number): Handle[] {
  const { elements } = state
  if (elements.liveCount === shown) return []
  const rest = new Set<Handle>()
  for (let handle = 0; handle < elements.end; handle++) {
    if (elements.valueOf(handle) !== undefined) rest.add(handle)
  }
  state.forEachShown((element) => rest.delete(element))
  return [...rest].sort((a, b) => elements.serialOf(a) - elements.serialOf(b))
}

function writeRuns(writer: ByteWriter, runs: readonly SlotRun[]): void {
  writer.varint(runs.length)
  for (const { kind, serial, count } of runs) {
    writer.varint(kind + 4 * (count - 1))
    if (kind !== DEAD_GHOST) writer.varint(serial)
  }
}

/**
 * @param seq the seq up to which the encoded list was folded
 * @throws FlowSyncError `state/invalid` for anything that {@link encodeListState} does not make
 */
export function decodeListState(bytes: Uint8Array, seq: number): ListState {
  return decodeVersioned('state/invalid', bytes, FORMAT, (reader) => readState(reader, seq))
}

function readState(reader: ByteReader, seq: number): ListState {
  const nextSerial = reader.varint()
  const runs = readSlotRuns(reader, nextSerial)
  const lost = readLost(reader, nextSerial)
  let slotCount = 0
  for (const { count } of runs) slotCount += count

  const state = new ListState(seq, slotCount, nextSerial)
  const { elements } = state
  const found: SlotRun[] = runs.filter(({ kind }) => kind === ASCENDING || kind === DESCENDING)
  for (const { kind, serial, count } of found) {
    const step = kind === DESCENDING ? -1 : 1
    for (let index = 0; index < count; index++) elements.addPlaced(serial + step * index, readJson(reader))
  }
  for (const serial of lost) {
    elements.removeSlot(elements.addPlaced(serial, readJson(reader)))
    found.push({ kind: ASCENDING, serial, count: 1 })
  }
  indexSerials(state, found)
  addSlots(state, runs)
  if (!isSame(runsOf(state), runs)) throw malformed('runs that are not as long as they can be')
  return state
}

function readSlotRuns(reader: ByteReader, nextSerial: number): SlotRun[] {
  const runs: SlotRun[] = []
  let items = 0
  for (let left = readCount(reader, 1); left > 0; left--) {
    const head = reader.varint()
    const kind = head % 4
    const count = (head - kind) / 4 + 1
    if (kind === DEAD_GHOST || kind === GHOST) {
      if (count > 1) throw malformed('a run of ghosts')
    } else items += count
    // Each item has a value to come, of two bytes at least.
    if (items > reader.remaining / 2) throw malformed('more items than values')
    const serial = kind === DEAD_GHOST ? 0 : reader.varint(nextSerial - 1)
    const isWithin = kind === DESCENDING ? serial >= count - 1 : serial + count <= nextSerial
    if (kind !== DEAD_GHOST && !isWithin) throw malformed('a serial that is not taken')
    runs.push({ kind, serial, count })
  }
  return runs
}

function readLost(reader: ByteReader, nextSerial: number): number[] {
  const lost: number[] = []
  let before = -1
  for (let left = readCount(reader, 3); left > 0; left--) {
    before += 1 + reader.varint(nextSerial - before - 2)
    lost.push(before)
  }
  return lost
}

/** Elements have handles in the order of the runs; the index wants them by serial. */
function indexSerials(state: ListState, found: readonly SlotRun[]): void {
  const entries: { readonly serial: number; readonly handle: Handle; readonly count: number }[] = []
  let handle = 0
  for (const { kind, serial, count } of found) {
    if (kind === ASCENDING) entries.push({ serial, handle, count })
    else
      for (let index = 0; index < count; index++)
        entries.push({ serial: serial - index, handle: handle + index, count: 1 })
    handle += count
  }
  entries.sort((a, b) => a.serial - b.serial)
  let end = 0
  for (const entry of entries) {
    if (entry.serial < end) throw malformed('two elements of one serial')
    end = entry.serial + entry.count
    state.elements.indexSerials(entry.serial, entry.handle, entry.count)
  }
}

function addSlots(state: ListState, runs: readonly SlotRun[]): void {
  const { elements, slots, ghosts } = state
  let item = 0
  for (const { kind, serial, count } of runs) {
    if (kind === ASCENDING || kind === DESCENDING) {
      slots.insert(slots.length, item, count)
      item += count
      continue
    }
    const element = kind === GHOST ? elements.withSerial(serial) : undefined
    if (kind === GHOST && element === undefined) throw malformed('a ghost of an unknown element')
    ghosts.add(slots.length)
    slots.insert(slots.length, elements.addSlot(element), 1)
  }
}

function isSame(left: readonly SlotRun[], right: readonly SlotRun[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ kind, serial, count }, index) => {
      const other = right[index]
      return other?.kind === kind && other.serial === serial && other.count === count
    })
  )
}
