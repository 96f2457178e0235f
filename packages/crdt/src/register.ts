import { covers } from './causality.js'
import { nextStamp, readStamp, writeStamp } from './clock.js'
import type { Stamp } from './clock.js'
import { decodeVersioned, encodeVersioned } from './codec.js'
import { FlowSyncError } from './errors.js'
import { operationOf } from './intent.js'
import { readJson, toJson, writeJson } from './json.js'
import type { Json, JsonText } from './json.js'
import { createRegisterState, readRegisterState, readValues, writeRegisterState } from './register-state.js'
import type { RegisterState } from './register-state.js'
import type { MergeRule } from './rule.js'
import { validate } from './schema.js'
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
  readonly stamp: Stamp
  readonly json: JsonText
}

/** The rule that {@link register} makes: `Input` is what is written, `Value` what is read. */
export type RegisterRule<Value, Input> = MergeRule<
  Value,
  RegisterIntent<Input>,
  RegisterBody,
  RegisterState,
  never,
  RegisterActions<Input>
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
  const first = initial === undefined ? [] : [readInitial(initial, schema).value]
  Object.freeze(first)
  const values = (state: RegisterState) => (state.siblings.length === 0 ? first : readValues(state))

  return {
    name: 'register',
    version: 1,
    actions: { set: (value) => ({ op: 'set', value }) },

    create: () => createRegisterState([]),

    prepare(state, intent, { nowMs }) {
      operationOf(intent, ['set'])
      const seen = state.siblings.map(({ stamp }) => stamp)
      return { stamp: nextStamp(nowMs, seen), json: check(intent.value, schema) }
    },
    countOf: () => 1,

    apply(state, op) {
      const { replica, counter, seq, body } = op
      const { stamp, json } = body
      // Writing what stands there already keeps the reference, so that nobody renders for nothing.
      const same = state.siblings.find((sibling) => sibling.json.text === json.text)
      const concurrent = state.siblings.filter((sibling) => !covers(op, sibling))
      state.siblings = [...concurrent, { replica, counter, seq, stamp, json: same?.json ?? json }]
      state.isStale = true
      return []
    },
    settle(state, { replica, counter, seq }) {
      // Neither the values nor their order depend on it.
      state.siblings = state.siblings.map((sibling) =>
        sibling.replica === replica && sibling.counter === counter ? { ...sibling, seq } : sibling,
      )
    },

    value: multi ? values : (state) => values(state).at(-1),

    encodeBody: ({ stamp, json }) =>
      encodeVersioned(FORMAT, (writer) => {
        writeStamp(writer, stamp)
        writeJson(writer, json)
      }),
    decodeBody: (bytes) =>
      decodeVersioned('op/invalid', bytes, FORMAT, (reader) => ({
        stamp: readStamp(reader),
        json: readJson(reader),
      })),

    encodeState: (state) => encodeVersioned(FORMAT, (writer) => writeRegisterState(writer, state)),
    decodeState: (bytes, seq) =>
      decodeVersioned('state/invalid', bytes, FORMAT, (reader) => readRegisterState(reader, seq)),
  }
}

function check(value: unknown, schema: StandardSchema | undefined): JsonText {
  return toJson(schema ? validate(schema, value) : value)
}

function readInitial(initial: unknown, schema: StandardSchema | undefined): JsonText {
  try {
    return check(initial, schema)
  } catch (cause) {
    throw new FlowSyncError('config/invalid', 'The initial value of a register does not fit.', { cause })
  }
}
