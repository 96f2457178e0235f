import type { ByteReader, ByteWriter } from './bytes.js'
import { malformed } from './codec.js'
import { isFlowSyncError } from './errors.js'
import { invalidIntent } from './intent.js'

/** Arrays and objects may be nested this deep. */
export const JSON_MAX_DEPTH = 64
/** The JSON text of one value may have this many bytes in UTF-8. */
export const JSON_MAX_BYTES = 1_048_576

/** A value that JSON can express, never to be changed. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * A value with the JSON text that travels and is stored for it. The text stays as its author wrote
 * it, so that all replicas keep the same bytes whatever their JSON library would write.
 */
export interface JsonText {
  /** Deeply frozen. */
  readonly value: Json
  readonly text: string
}

/**
 * Copies and freezes what a user passed.
 * @throws FlowSyncError `op/invalid-intent` for what JSON cannot express without loss (undefined, NaN,
 *   infinities, functions, symbols, bigints, class instances, cycles) and beyond the limits
 */
export function toJson(input: unknown): JsonText {
  try {
    const value = copy(input, 0, { left: JSON_MAX_BYTES })
    const text = JSON.stringify(value)
    if (utf8Exceeds(text, JSON_MAX_BYTES)) throw tooLarge()
    return { value, text }
  } catch (cause) {
    if (isFlowSyncError(cause)) throw cause
    throw invalidIntent('the value cannot be read', { cause })
  }
}

/** Every array, member and character takes a byte at least: what is shared many times ends here as well. */
interface Budget {
  left: number
}

function copy(input: unknown, depth: number, budget: Budget): Json {
  budget.left -= typeof input === 'string' ? input.length : 1
  if (budget.left < 0) throw tooLarge()
  switch (typeof input) {
    case 'string':
    case 'boolean':
      return input
    case 'number':
      if (!Number.isFinite(input)) throw invalidIntent(`${input} is not a JSON value`)
      // Minus zero is written as 0.
      return input + 0
    case 'object':
      if (input === null) return null
      if (depth === JSON_MAX_DEPTH)
        throw invalidIntent(`it is nested deeper than ${JSON_MAX_DEPTH} or in a cycle`)
      return Array.isArray(input) ? copyArray(input, depth, budget) : copyObject(input, depth, budget)
    default:
      throw invalidIntent(`a value of type ${typeof input} is not a JSON value`)
  }
}

function copyArray(input: readonly unknown[], depth: number, budget: Budget): Json {
  const result: Json[] = []
  // By index: holes are read as undefined and refused like it.
  for (let index = 0; index < input.length; index++) result.push(copy(input[index], depth + 1, budget))
  return Object.freeze(result)
}

function copyObject(input: object, depth: number, budget: Budget): Json {
  const prototype: unknown = Object.getPrototypeOf(input)
  // The root prototype of any realm, so that objects of an iframe are taken as well.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalidIntent('a class instance is not a JSON value; pass a plain object')
  }
  const result: Record<string, Json> = {}
  for (const [key, member] of Object.entries(input)) {
    budget.left -= key.length
    const value = copy(member, depth + 1, budget)
    // An assignment to `__proto__` would change the prototype instead of adding a member.
    if (key === '__proto__')
      Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true })
    else result[key] = value
  }
  return Object.freeze(result)
}

function tooLarge() {
  return invalidIntent(`its JSON text is longer than ${JSON_MAX_BYTES} bytes`, {
    details: { limitBytes: JSON_MAX_BYTES },
  })
}

function utf8Exceeds(text: string, limitBytes: number): boolean {
  // A UTF-16 unit takes three bytes at most.
  if (text.length * 3 <= limitBytes) return false
  return new TextEncoder().encode(text).length > limitBytes
}

/** True when two arrays hold identical items, so that the older one can be handed out again. */
export function hasSameItems(left: readonly Json[], right: readonly Json[]): boolean {
  return left.length === right.length && left.every((item, index) => Object.is(item, right[index]))
}

/** Length in bytes as varint, then the text in UTF-8. */
export function writeJson(writer: ByteWriter, json: JsonText): void {
  writer.string(json.text)
}

/**
 * Reads any JSON text within the limits.
 * @throws FlowSyncError `codec/malformed`
 */
export function readJson(reader: ByteReader): JsonText {
  const text = reader.string(JSON_MAX_BYTES)
  return { text, value: freeze(parse(text), 0) }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (cause) {
    throw malformed('a text is not JSON', cause)
  }
}

function freeze(value: Json, depth: number): Json {
  if (typeof value === 'number') {
    // JSON has no infinity, but 1e999 is read as one.
    if (!Number.isFinite(value)) throw malformed('a number is out of range')
    return value
  }
  if (typeof value !== 'object' || value === null) return value
  if (depth === JSON_MAX_DEPTH) throw malformed(`JSON is nested deeper than ${JSON_MAX_DEPTH}`)
  for (const member of Object.values(value)) freeze(member, depth + 1)
  return Object.freeze(value)
}
