import { nextStamp } from './clock.js'
import type { Stamp } from './clock.js'
import type { ReadValue } from './deep-readonly.js'
import { invalidIntent, operationOf } from './intent.js'
import { toJson } from './json.js'
import type { Json, JsonText } from './json.js'
import { decodeListBody, encodeListBody } from './list/list-body-codec.js'
import { countOfListBody } from './list/list-body.js'
import type { ListBody } from './list/list-body.js'
import type { ListDelta } from './list/list-delta.js'
import { deleteBody, insertBody, moveBody, setBody } from './list/list-edits.js'
import { rebaseListBody } from './list/list-rebase.js'
import { decodeListState, encodeListState } from './list/list-state-codec.js'
import { ListState } from './list/list-state.js'
import type { MergeRule } from './rule.js'
import { validate } from './schema.js'
import type { SchemaInput, SchemaOutput, StandardSchema } from './schema.js'

/**
 * An edit of a list. What reaches beyond the end is cut to it: there is nothing to delete, set or move
 * there, and inserting goes to the end.
 */
export type ListIntent<T> =
  | { readonly op: 'insert'; readonly pos: number; readonly values: readonly T[] }
  | { readonly op: 'delete'; readonly pos: number; readonly length: number }
  | { readonly op: 'set'; readonly pos: number; readonly value: T }
  | { readonly op: 'move'; readonly from: number; readonly to: number }

/** The methods of a list's handle. */
export type ListActions<T> = {
  /** Inserts items before the one at a position. */
  readonly insert: (pos: number, ...values: T[]) => ListIntent<T>
  /** Inserts items at the end. */
  readonly append: (...values: T[]) => ListIntent<T>
  /** Deletes items from a position on, one if `length` is absent. */
  readonly delete: (pos: number, length?: number) => ListIntent<T>
  /** Gives an item another value. It stays the same item: who moves it meanwhile moves the new value. */
  readonly set: (pos: number, value: T) => ListIntent<T>
  /** Moves an item, so that it is at the position `to` afterwards. */
  readonly move: (from: number, to: number) => ListIntent<T>
}

/** The rule that {@link list} makes: `Input` is what is written, `T` what is read. */
export type ListRule<T, Input = T> = MergeRule<
  readonly ReadValue<T>[],
  ListIntent<ReadValue<Input>>,
  ListBody,
  ListState,
  ListDelta<ReadValue<T>>,
  ListActions<ReadValue<Input>>
>

/** What {@link list} may be told. */
export interface ListOptions<Schema> {
  /** Checks what this client writes. What others wrote is not checked again. */
  readonly schema?: Schema
}

const REMEDY =
  'A list takes edits of items: call stream.append(...items), stream.insert(position, ...items), ' +
  'stream.set(position, item), stream.move(from, to) or stream.delete(position, length)'

/** What intents may hold when they come from where no compiler looks. */
interface IntentFields {
  readonly pos?: unknown
  readonly length?: unknown
  readonly values?: unknown
  readonly value?: unknown
  readonly from?: unknown
  readonly to?: unknown
}

/**
 * A list of JSON values that many edit at once. Items have an identity: setting one changes its value
 * wherever somebody moved it, and moving keeps what somebody set.
 *
 * - What several insert at one place stays together, each author's part as it was made.
 * - Of concurrent values for one item one wins, as in a register; of concurrent moves of one item too,
 *   so that it ends in one place. Other items are not disturbed.
 * - Deleting wins: what was deleted stays deleted.
 *
 * A state made from an encoded one merges ops made on its seq or later; for older ones `floor` asks for history.
 */
export function list<Schema extends StandardSchema>(
  options: ListOptions<Schema> & { readonly schema: Schema },
): ListRule<SchemaOutput<Schema>, SchemaInput<Schema>>
export function list<T = Json>(options?: ListOptions<StandardSchema<unknown, T>>): ListRule<T>
export function list({ schema }: ListOptions<StandardSchema> = {}): ListRule<unknown> {
  const check = (value: unknown): JsonText => toJson(schema ? validate(schema, value) : value)
  return {
    name: 'list',
    version: 1,
    actions: {
      insert: (pos, ...values) => ({ op: 'insert', pos, values }),
      append: (...values) => ({ op: 'insert', pos: Number.MAX_SAFE_INTEGER, values }),
      delete: (pos, length = 1) => ({ op: 'delete', pos, length }),
      set: (pos, value) => ({ op: 'set', pos, value }),
      move: (from, to) => ({ op: 'move', from, to }),
    },

    create: () => new ListState(0, 0, 0),

    prepare(state, intent, { replica, nowMs }) {
      const op = operationOf(intent, ['insert', 'delete', 'set', 'move'], REMEDY)
      const fields: IntentFields = intent
      switch (op) {
        case 'insert': {
          const position = wholeOf(fields.pos, 'pos')
          const values = valuesOf(fields.values, check)
          return values.length === 0 ? undefined : insertBody(state, position, values)
        }
        case 'delete': {
          const first = wholeOf(fields.pos, 'pos')
          const indices = indicesFrom(first, wholeOf(fields.length, 'length'), state.length)
          return indices.length === 0 ? undefined : deleteBody(state, indices, replica)
        }
        case 'set': {
          const index = wholeOf(fields.pos, 'pos')
          const json = check(fields.value)
          return index >= state.length ? undefined : setBody(state, index, json, stampFrom(nowMs), replica)
        }
        case 'move': {
          const from = wholeOf(fields.from, 'from')
          const to = Math.min(wholeOf(fields.to, 'to'), state.length - 1)
          if (from >= state.length || from === to) return undefined
          return moveBody(state, from, to, stampFrom(nowMs), replica)
        }
      }
    },
    countOf: countOfListBody,

    apply: (state, op) => state.apply(op),
    settle: (state, op) => state.settle(op),
    value: (state) => state.value,

    encodeBody: encodeListBody,
    decodeBody: decodeListBody,
    encodeState: encodeListState,
    decodeState: decodeListState,
    floor: (state) => state.floor,
    rebase: rebaseListBody,
  }
}

function stampFrom(nowMs: number): (seen: readonly Stamp[]) => Stamp {
  return (seen) => nextStamp(nowMs, seen)
}

function wholeOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw invalidIntent(`"${name}" is a whole number from 0`)
}

function valuesOf(values: unknown, check: (value: unknown) => JsonText): JsonText[] {
  if (!Array.isArray(values)) throw invalidIntent('"values" is an array')
  // An array that grows reserves space for many, and most insertions are of one.
  if (values.length === 1) return [check(values[0])]
  const checked: JsonText[] = []
  // By index: holes are read as undefined and refused like it.
  for (let index = 0; index < values.length; index++) checked.push(check(values[index]))
  return checked
}

function indicesFrom(first: number, count: number, length: number): number[] {
  return Array.from({ length: Math.max(0, Math.min(count, length - first)) }, (_, index) => first + index)
}
