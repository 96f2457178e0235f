import { readCells, writeCells } from './cells-codec.js'
import { Cells } from './cells.js'
import type { ReadValue } from './deep-readonly.js'
import { nextTime, readTime, writeTime } from './hybrid-time.js'
import type { HybridTime } from './hybrid-time.js'
import { decodeHeaded, decodeVersioned, encodeVersioned } from './codec.js'
import { invalidIntent, operationOf } from './intent.js'
import { readJsonToEnd } from './json.js'
import type { Json } from './json.js'
import type { MergeRule } from './rule.js'
import { checked } from './schema.js'
import type { SchemaInput, SchemaOutput, StandardSchema } from './schema.js'

/** What can be done to a map. */
export type MapIntent<T> =
  | { readonly op: 'set'; readonly key: string; readonly value: T }
  | { readonly op: 'delete'; readonly key: string }

/** The methods of a map's handle. */
export type MapActions<T> = {
  /** Writes the value of a key. */
  readonly set: (key: string, value: T) => MapIntent<T>
  /** Removes a key. */
  readonly delete: (key: string) => MapIntent<T>
}

/** A write to a key with the time at which it was made. */
interface MapBody {
  readonly key: string
  readonly time: HybridTime
  /** Undefined: the key was deleted. */
  readonly value: Json | undefined
}

/** What a map knows: for each key one write, or as many as there are concurrent ones. */
interface MapState {
  readonly cells: Cells<string>
  /** Ops made before this seq may be concurrent with deletes that the state was decoded without. */
  readonly floor: number
  /** The seq of the last delete, 0 when there was none. */
  lastDelete: number
  /** The value last handed out. */
  value: Readonly<Record<string, Json>>
  /** True when `value` may be another now. */
  isStale: boolean
}

/** The rule that {@link map} makes: `Input` is what is written, `T` what is read. */
export type MapRule<T, Input = T> = MergeRule<
  Readonly<Record<string, ReadValue<T>>>,
  MapIntent<ReadValue<Input>>,
  MapBody,
  MapState,
  never,
  MapActions<ReadValue<Input>>
>

/** What {@link map} may be told. */
export interface MapOptions<Schema> {
  /** Checks the values that this client writes. What others wrote is not checked again. */
  readonly schema?: Schema
}

const FORMAT = 1
const OPERATIONS = ['set', 'delete'] as const
const REMEDY = 'A map takes edits of keys: call stream.set(key, value) or stream.delete(key)'
/** A key may have this many bytes in UTF-8. */
const MAP_MAX_KEY_BYTES = 4096

/**
 * JSON values by key, each of which is replaced as a whole. Every key is a register of its own: who saw a
 * value and sets or deletes the key decides whatever the clocks say; among concurrent writers, those who
 * delete included, the latest hybrid logical clock wins (then the greater replica id).
 *
 * The value is a frozen object whose keys are sorted by UTF-16 code units (after those that look like array
 * indices, as in all objects). Members that nobody wrote keep their reference. A state is as large as the
 * map: it grows neither by overwriting nor by deleting.
 */
export function map<Schema extends StandardSchema>(
  options: MapOptions<Schema> & { readonly schema: Schema },
): MapRule<SchemaOutput<Schema>, SchemaInput<Schema>>
export function map<T = Json>(options?: MapOptions<StandardSchema<unknown, T>>): MapRule<T>
export function map({ schema }: MapOptions<StandardSchema> = {}): MapRule<unknown> {
  return {
    name: 'map',
    version: 1,
    actions: {
      set: (key, value) => ({ op: 'set', key, value }),
      delete: (key) => ({ op: 'delete', key }),
    },

    create: () => createState(new Cells(), 0),

    prepare({ cells }, intent, { nowMs }) {
      const op = operationOf(intent, OPERATIONS, REMEDY)
      const key = toKey(intent.key)
      if (op === 'delete' && cells.shown(key) === undefined) return undefined
      return {
        key,
        time: nextTime(nowMs, cells.timesOf(key)),
        value: intent.op === 'set' ? checked(intent.value, schema) : undefined,
      }
    },
    countOf: () => 1,

    apply(state, op) {
      const { key, time, value } = op.body
      if (state.cells.write(key, op, time, value)) state.isStale = true
      if (op.seq !== undefined && value === undefined) state.lastDelete = op.seq
      return NONE
    },
    settle(state, op) {
      state.cells.settle(op.body.key, op)
      if (op.body.value === undefined) state.lastDelete = op.seq
    },

    value: readValue,

    encodeBody: ({ key, time, value }) =>
      encodeVersioned(FORMAT + (value === undefined ? 128 : 0), (writer) => {
        writeTime(writer, time)
        writer.string(key)
        if (value !== undefined) writer.text(JSON.stringify(value))
      }),
    decodeBody: (bytes) =>
      decodeHeaded(bytes, FORMAT, (reader, isDelete) => ({
        time: readTime(reader),
        key: reader.string(MAP_MAX_KEY_BYTES),
        value: isDelete ? undefined : readJsonToEnd(reader),
      })),

    encodeState: ({ cells, lastDelete }) =>
      encodeVersioned(FORMAT, (writer) => {
        writer.varint(lastDelete)
        writeCells(writer, cells, true)
      }),
    decodeState: (bytes, seq) =>
      decodeVersioned('state/invalid', bytes, FORMAT, (reader) => {
        const floor = reader.varint(seq)
        return createState(readCells(reader, isKey, seq, true), floor)
      }),

    floor: ({ floor }) => floor,
  }
}

const NONE = Object.freeze([])

const createState = (cells: Cells<string>, floor: number): MapState => ({
  cells,
  floor,
  lastDelete: floor,
  value: Object.freeze({}),
  isStale: true,
})

const isKey = (key: Json): key is string => typeof key === 'string'

function toKey(key: unknown): string {
  if (typeof key !== 'string' || !key.isWellFormed()) throw invalidIntent('a key is a well-formed string')
  // A UTF-16 unit takes three bytes at most.
  if (key.length * 3 <= MAP_MAX_KEY_BYTES || new TextEncoder().encode(key).length <= MAP_MAX_KEY_BYTES)
    return key
  throw invalidIntent(`a key takes at most ${MAP_MAX_KEY_BYTES} bytes`)
}

function readValue(state: MapState): Readonly<Record<string, Json>> {
  if (!state.isStale) return state.value
  state.isStale = false
  const members: [string, Json][] = []
  for (const key of [...state.cells.keys()].sort()) {
    const value = state.cells.shown(key)
    if (value !== undefined) members.push([key, value as Json])
  }
  // Not by assignment: that to `__proto__` would change the prototype instead of adding a member.
  return (state.value = Object.freeze(Object.fromEntries(members)))
}
