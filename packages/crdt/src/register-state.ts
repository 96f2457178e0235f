import type { ByteReader, ByteWriter } from './bytes.js'
import type { Dot } from './causality.js'
import { compareStamps, readStamp, writeStamp } from './clock.js'
import type { Stamp } from './clock.js'
import { malformed, readCount } from './codec.js'
import { ReplicaTable, ReplicaTableReader, placed, readDot, writeDot } from './dots.js'
import { hasSameItems, readJson, writeJson } from './json.js'
import type { Json, JsonText } from './json.js'

/** A value that nobody has replaced yet. */
export interface Sibling extends Dot {
  readonly stamp: Stamp
  readonly json: JsonText
}

/** What a register knows: one sibling, or as many as there are concurrent writers. */
export interface RegisterState {
  siblings: readonly Sibling[]
  /** The values last handed out. */
  values: readonly Json[]
  /** True when `values` may differ from `siblings`. */
  isStale: boolean
}

export function createRegisterState(siblings: readonly Sibling[]): RegisterState {
  return { siblings, values: NONE, isStale: siblings.length > 0 }
}

const NONE: readonly Json[] = Object.freeze([])

/** The values of all siblings by their stamps, the winner last; the former array as long as it holds the same. */
export function readValues(state: RegisterState): readonly Json[] {
  if (!state.isStale) return state.values
  state.isStale = false
  const values = [...state.siblings].sort(compareSiblings).map(({ json }) => json.value)
  if (!hasSameItems(values, state.values)) state.values = Object.freeze(values)
  return state.values
}

/** By stamp, then by who wrote: a total order that is the same everywhere and needs no seq. */
function compareSiblings(left: Sibling, right: Sibling): number {
  const byStamp = compareStamps(left.stamp, right.stamp)
  if (byStamp !== 0) return byStamp
  if (left.replica === right.replica) return left.counter - right.counter
  return left.replica < right.replica ? -1 : 1
}

/** Siblings by seq. */
export function writeRegisterState(writer: ByteWriter, { siblings }: RegisterState): void {
  const sorted = siblings
    .map((sibling) => ({ ...sibling, ...placed(sibling) }))
    .sort((left, right) => left.seq - right.seq)
  const table = new ReplicaTable()
  for (const { replica } of sorted) table.indexOf(replica)
  table.write(writer)
  writer.varint(sorted.length)
  let before = 0
  for (const sibling of sorted) {
    writeDot(writer, table, sibling, before)
    writeStamp(writer, sibling.stamp)
    writeJson(writer, sibling.json)
    before = sibling.seq
  }
}

/** @throws FlowSyncError `codec/malformed` */
export function readRegisterState(reader: ByteReader, last: number): RegisterState {
  const table = new ReplicaTableReader(reader)
  const count = readCount(reader, 7)
  const siblings: Sibling[] = []
  let before = 0
  for (let index = 0; index < count; index++) {
    const dot = readDot(reader, table, before, last)
    siblings.push({ ...dot, stamp: readStamp(reader), json: readJson(reader) })
    before = dot.seq
  }
  table.end()
  if (new Set(siblings.map(({ replica }) => replica)).size !== count)
    throw malformed('a replica is its own sibling')
  return createRegisterState(siblings)
}
