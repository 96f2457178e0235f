import { readCells, writeCells } from './cells-codec.js'
import { Cells } from './cells.js'
import type { ReadValue } from './deep-readonly.js'
import { nextTime, readTime, writeTime } from './hybrid-time.js'
import type { HybridTime } from './hybrid-time.js'
import { decodeVersioned, encodeVersioned } from './codec.js'
import { FlowSyncError } from './errors.js'
import { operationOf } from './intent.js'
import { hasSameItems, readJsonToEnd } from './json.js'
import type { Json } from './json.js'
import type { MergeRule } from './rule.js'
import { checked } from './schema.js'
import type { SchemaInput, SchemaOutput, StandardSchema } from './schema.js'

/** What can be done to a register. */
export type RegisterIntent<T> = { readonly op: 'set'; readonly value: T }

/** The methods of a register's handle. */
export type RegisterActions<T> = {
  /** Replaces the value, and with it all siblings. */
  readonly set: (value: T) => RegisterIntent<T>
}

/** A value with the time at which it was written. */
interface RegisterBody {
  readonly time: HybridTime
  readonly value: Json
}

/** What a register knows: one write, or as many as there are concurrent writers. */
interface RegisterState {
  readonly cells: Cells<typeof REGISTER_KEY>
  /** The values last handed out; undefined when they may have changed since. */
  values: readonly Json[]
  isStale: boolean
}

/** The rule that {@link register} makes: `Input` is what is written, `Value` what is read. */
export type RegisterRule<Value, Input> = MergeRule<
  ReadValue<Value>,
  RegisterIntent<ReadValue<Input>>,
  RegisterBody,
  RegisterState,
  never,
  RegisterActions<ReadValue<Input>>
>

/** What {@link register} may be told. */
export interface RegisterOptions {
  /** True: the value is an array of all concurrent values, the one written last at its end. */
  readonly multi?: boolean
  /** Checks what this client writes. What others wrote is not checked again. */
  readonly schema?: StandardSchema
  /** The value as long as nobody has written; undefined (or an empty array) when absent. */
  readonly initial?: unknown
}

const FORMAT = 1
/** A register is a map with a single key. */
export const REGISTER_KEY = 0

/**
 * One JSON value that is replaced as a whole. The last writer wins: who saw a value and wrote another
 * replaces it whatever the clocks say; among concurrent writers the latest hybrid logical clock wins
 * (then the greater replica id). So a clock that is years ahead wins once at most, against writers
 * that had not seen it, and one that is behind can still replace what it has seen.
 *
 * With `multi` all concurrent values are kept until the next write.
 *
 * @throws FlowSyncError `config/invalid` when `initial` is not a JSON value or does not fit the schema
 */
export function register<Schema extends StandardSchema>(options: {
  readonly schema: Schema
  readonly multi: true
  readonly initial?: SchemaInput<Schema>
}): RegisterRule<readonly SchemaOutput<Schema>[], SchemaInput<Schema>>
export function register<Schema extends StandardSchema>(options: {
  readonly schema: Schema
  readonly multi?: false
  readonly initial: SchemaInput<Schema>
}): RegisterRule<SchemaOutput<Schema>, SchemaInput<Schema>>
export function register<Schema extends StandardSchema>(options: {
  readonly schema: Schema
  readonly multi?: false
  readonly initial?: undefined
}): RegisterRule<SchemaOutput<Schema> | undefined, SchemaInput<Schema>>
export function register<T = Json>(options: {
  readonly multi: true
  readonly schema?: StandardSchema<unknown, T>
  readonly initial?: T
}): RegisterRule<readonly T[], T>
export function register<T>(options: {
  readonly multi?: false
  readonly schema?: StandardSchema<unknown, T>
  readonly initial: T
}): RegisterRule<T, T>
export function register<T = Json>(options?: {
  readonly multi?: false
  readonly schema?: StandardSchema<unknown, T>
  readonly initial?: undefined
}): RegisterRule<T | undefined, T>
export function register({ multi = false, schema, initial }: RegisterOptions = {}): RegisterRule<
  unknown,
  unknown
> {
  const first = initial === undefined ? [] : [readInitial(initial, schema)]
  const valuesOf = (state: RegisterState) => (state.cells.has(REGISTER_KEY) ? readValues(state) : first)
  Object.freeze(first)

  return {
    name: 'register',
    version: 1,
    actions: { set: (value) => ({ op: 'set', value }) },

    create: () => createState(new Cells()),

    prepare({ cells }, intent, { nowMs }) {
      operationOf(intent, ['set'], 'To replace the value, call stream.set(value)')
      return { time: nextTime(nowMs, cells.timesOf(REGISTER_KEY)), value: checked(intent.value, schema) }
    },
    countOf: () => 1,

    apply(state, op) {
      state.cells.write(REGISTER_KEY, op, op.body.time, op.body.value)
      state.isStale = true
      return []
    },
    // Neither the values nor their order depend on it.
    settle: ({ cells }, op) => void cells.settle(REGISTER_KEY, op),

    value: multi ? valuesOf : (state) => valuesOf(state).at(-1),

    encodeBody: ({ time, value }) =>
      encodeVersioned(FORMAT, (writer) => {
        writeTime(writer, time)
        writer.text(JSON.stringify(value))
      }),
    decodeBody: (bytes) =>
      decodeVersioned('op/invalid', bytes, FORMAT, (reader) => ({
        time: readTime(reader),
        value: readJsonToEnd(reader),
      })),

    encodeState: ({ cells }) => encodeVersioned(FORMAT, (writer) => writeCells(writer, cells, true)),
    decodeState: (bytes, seq) =>
      decodeVersioned('state/invalid', bytes, FORMAT, (reader) =>
        createState(readCells(reader, (key) => key === REGISTER_KEY, seq, true)),
      ),
  }
}

const createState = (cells: Cells<typeof REGISTER_KEY>): RegisterState => ({
  cells,
  values: [],
  isStale: true,
})

/** The values of all siblings by their times, the winner last; the former array as long as it holds the same. */
function readValues(state: RegisterState): readonly Json[] {
  if (!state.isStale) return state.values
  state.isStale = false
  const { cells } = state
  const values = cells.byTime(cells.rows(REGISTER_KEY)).map((row) => cells.values[row] as Json)
  if (!hasSameItems(values, state.values)) state.values = Object.freeze(values)
  return state.values
}

function readInitial(initial: unknown, schema: StandardSchema | undefined): Json {
  try {
    return checked(initial, schema)
  } catch (cause) {
    throw new FlowSyncError('config/invalid', 'The initial value of a register does not fit.', { cause })
  }
}
