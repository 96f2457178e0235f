import { ByteWriter } from './bytes.js'
import type { ByteReader } from './bytes.js'
import type { Dot } from './causality.js'
import { malformed, readCount } from './codec.js'
import { ReplicaTable, ReplicaTableReader, placed, readDot, writeDot } from './dots.js'
import type { PlacedDot } from './dots.js'
import { elementOf, readElementText } from './set-element.js'
import type { SetElement } from './set-element.js'

/** An element that is in the set, with the adds that keep it there. */
interface SetEntry {
  readonly value: SetElement
  /** Never empty. */
  readonly dots: readonly Dot[]
}

/** What a set knows; nothing is kept of what was removed, unless it must never return. */
export interface SetState {
  /** By JSON text. Elements whose adds are all pending stand in the order of these adds. */
  readonly entries: Map<string, SetEntry>
  /** JSON texts of removed elements; undefined when they may be added again. */
  readonly banned: Set<string> | undefined
  /** The value last handed out. */
  value: ReadonlySet<SetElement>
  /** True when `value` may differ from `entries`. */
  isStale: boolean
}

export function createSetState(twoPhase: boolean): SetState {
  return { entries: new Map(), banned: twoPhase ? new Set() : undefined, value: new Set(), isStale: false }
}

/** The set as users see it; the former one as long as its elements and their order are the same. */
export function readValue(state: SetState): ReadonlySet<SetElement> {
  if (!state.isStale) return state.value
  state.isStale = false
  const value = new Set<SetElement>()
  const former = state.value.values()
  let isSame = true
  for (const [, entry] of ordered(state.entries)) {
    value.add(entry.value)
    isSame &&= former.next().value === entry.value
  }
  if (!isSame || value.size !== state.value.size) state.value = value
  return state.value
}

/** By the place of the first add that still counts; those without a place come last, as they were made. */
function ordered(entries: ReadonlyMap<string, SetEntry>): Iterable<[string, SetEntry]> {
  let before = 0
  for (const entry of entries.values()) {
    const first = firstSeq(entry)
    // Entries arrive nearly always in order: look before sorting.
    if (first < before) return [...entries].sort(([, left], [, right]) => compareFirst(left, right))
    before = first
  }
  return entries
}

function compareFirst(left: SetEntry, right: SetEntry): number {
  const first = firstSeq(left)
  const second = firstSeq(right)
  return first === second ? 0 : first - second
}

function firstSeq({ dots }: SetEntry): number {
  let first = Infinity
  for (const { seq } of dots) if (seq !== undefined && seq < first) first = seq
  return first
}

/** Replicas, elements by the place of their first add, then what is banned by code units. */
export function writeSetState(writer: ByteWriter, { entries, banned }: SetState): void {
  const table = new ReplicaTable()
  const elements = new ByteWriter(1024)
  let before = 0
  for (const [text, { dots }] of ordered(entries)) {
    elements.string(text)
    before = writeDots(elements, table, dots, before)
  }
  writer.u8(banned ? 1 : 0)
  table.write(writer)
  writer.varint(entries.size)
  writer.raw(elements.view())
  if (!banned) return
  writer.varint(banned.size)
  for (const text of [...banned].sort()) writer.string(text)
}

/** Returns the seq of the first dot. */
function writeDots(writer: ByteWriter, table: ReplicaTable, dots: readonly Dot[], before: number): number {
  const sorted =
    dots.length === 1 ? dots.map(placed) : dots.map(placed).sort((left, right) => left.seq - right.seq)
  writer.varint(sorted.length)
  let after = before
  for (const dot of sorted) {
    writeDot(writer, table, dot, after)
    after = dot.seq
  }
  return sorted[0]?.seq ?? before
}

/** @throws FlowSyncError `codec/malformed`, also for a state of the other kind of set */
export function readSetState(reader: ByteReader, twoPhase: boolean, last: number): SetState {
  if (reader.u8() !== (twoPhase ? 1 : 0)) throw malformed('a two-phase set and an ordinary one are mixed up')
  const state = createSetState(twoPhase)
  const table = new ReplicaTableReader(reader)
  const count = readCount(reader, 5)
  let before = 0
  for (let index = 0; index < count; index++) {
    const text = readElementText(reader)
    if (state.entries.has(text)) throw malformed('an element is listed twice')
    const dots = readDots(reader, table, before, last)
    before = dots[0]?.seq ?? before
    state.entries.set(text, { value: elementOf(text), dots })
  }
  table.end()
  if (state.banned) readBanned(reader, state.entries, state.banned)
  state.isStale = true
  return state
}

function readDots(reader: ByteReader, table: ReplicaTableReader, before: number, last: number): PlacedDot[] {
  const count = readCount(reader, 3)
  if (count === 0) throw malformed('an element that nobody added')
  const dots: PlacedDot[] = []
  let after = before
  for (let index = 0; index < count; index++) {
    const dot = readDot(reader, table, after, last)
    dots.push(dot)
    after = dot.seq
  }
  return dots
}

function readBanned(reader: ByteReader, entries: ReadonlyMap<string, SetEntry>, banned: Set<string>): void {
  const count = readCount(reader, 2)
  let before = ''
  for (let index = 0; index < count; index++) {
    const text = readElementText(reader)
    if (text <= before || entries.has(text)) throw malformed('removed elements are not in their order')
    banned.add(text)
    before = text
  }
}
