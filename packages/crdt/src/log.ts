import { malformed } from './bytes.js'
import { decodeVersioned, encodeVersioned } from './codec.js'
import type { ReadValue } from './deep-readonly.js'
import { FlowSyncError } from './errors.js'
import { operationOf } from './intent.js'
import { parseJson, readJsonToEnd } from './json.js'
import type { Json } from './json.js'
import { LogEntries } from './log-entries.js'
import type { MergeRule } from './rule.js'
import { checked } from './schema.js'
import type { SchemaInput, SchemaOutput, StandardSchema } from './schema.js'

/** What can be done to a log. */
export type LogIntent<T> = { readonly op: 'append'; readonly value: T }

/** The methods of a log's handle. */
export type LogActions<T> = { readonly append: (value: T) => LogIntent<T> }

/** The rule that {@link log} makes: `Input` is what is appended, `T` what is read. */
export type LogRule<T, Input = T> = MergeRule<
  readonly ReadValue<T>[],
  LogIntent<ReadValue<Input>>,
  Json,
  LogEntries,
  never,
  LogActions<ReadValue<Input>>
>

/** What {@link log} may be told. */
export interface LogOptions<Schema> {
  /** Checks what this client appends. What others appended is not checked again. */
  readonly schema?: Schema
  /** How many of the latest entries state and value hold, 1000 by default; `Infinity` for all. */
  readonly window?: number
}

const FORMAT = 1
const DEFAULT_WINDOW = 1000

/**
 * A list that only grows: a chat, an audit trail. Entries stand in the order the hub gave them; own
 * ones that it has not placed yet come last. An entry keeps its reference while others come and go.
 *
 * The hub's log keeps every entry; state and value hold the latest `window` of them.
 *
 * @throws FlowSyncError `config/invalid` unless `window` is a whole number of at least 1 or `Infinity`
 */
export function log<Schema extends StandardSchema>(
  options: LogOptions<Schema> & { readonly schema: Schema },
): LogRule<SchemaOutput<Schema>, SchemaInput<Schema>>
export function log<T = Json>(options?: LogOptions<StandardSchema<unknown, T>>): LogRule<T>
export function log({ schema, window = DEFAULT_WINDOW }: LogOptions<StandardSchema> = {}): LogRule<unknown> {
  if (window !== Infinity && !(Number.isSafeInteger(window) && window >= 1)) {
    throw new FlowSyncError(
      'config/invalid',
      `The window of a log is a whole number of at least 1 or Infinity, not ${window}.`,
    )
  }

  return {
    name: 'log',
    version: 1,
    actions: { append: (value) => ({ op: 'append', value }) },

    create: () => new LogEntries(window, []),

    prepare(_state, intent) {
      operationOf(intent, ['append'], 'To add an entry, call stream.append(entry)')
      return checked(intent.value, schema)
    },
    countOf: () => 1,

    apply(state, op) {
      if (op.seq === undefined) state.pend(op, op.body)
      else state.place(op.body)
      return []
    },
    settle: (state, op) => state.settle(op, op.body),

    value: (state) => state.value,

    encodeBody: (body) => encodeVersioned(FORMAT, (writer) => writer.text(JSON.stringify(body))),
    decodeBody: (bytes) => decodeVersioned('op/invalid', bytes, FORMAT, readJsonToEnd),

    encodeState: (state) => encodeVersioned(FORMAT, (writer) => writer.text(JSON.stringify(state.placed))),
    decodeState: (bytes) =>
      decodeVersioned('state/invalid', bytes, FORMAT, (reader) => {
        const entries = parseJson(reader.text(), -1)
        if (!Array.isArray(entries)) throw malformed('the entries are no array')
        return new LogEntries(window, entries as readonly Json[])
      }),
  }
}
