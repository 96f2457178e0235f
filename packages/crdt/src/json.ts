import { malformed } from './bytes.js'
import type { ByteReader, ByteWriter } from './bytes.js'
import { invalidIntent } from './intent.js'

/** Arrays and objects may be nested this deep. */
export const JSON_MAX_DEPTH = 64
/** The JSON text of one value may have this many bytes in UTF-8. */
export const JSON_MAX_BYTES = 1_048_576

/** A value that JSON can express, never to be changed. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * Copies and freezes what a user passed.
 * @throws FlowSyncError `op/invalid-intent` for what JSON cannot express without loss (undefined, NaN,
 *   infinities, functions, symbols, bigints, class instances, cycles) and beyond the limits
 */
export function copyJson(input: unknown): Json {
  try {
    const budget = { left: JSON_MAX_BYTES }
    const value = copy(input, 0, budget)
    // What budget counts as one takes 25 bytes at most, as -2.2250738585072014e-308 and its comma do.
    if ((JSON_MAX_BYTES - budget.left) * 25 > JSON_MAX_BYTES) checkSize(value)
    return value
  } catch (cause) {
    throw invalidIntent(cause instanceof Error ? cause.message : 'the value cannot be read', { cause })
  }
}

function checkSize(value: Json): void {
  if (new TextEncoder().encode(JSON.stringify(value)).length > JSON_MAX_BYTES) throw tooLarge()
}

const tooLarge = () => new TypeError(`its JSON text is longer than ${JSON_MAX_BYTES} bytes`)

/** Every array, member and character takes a byte at least: what is shared many times ends here as well. */
interface Budget {
  left: number
}

function copy(input: unknown, depth: number, budget: Budget): Json {
  budget.left -= typeof input === 'string' ? input.length + 1 : 1
  if (budget.left < 0) throw tooLarge()
  if (typeof input === 'string' || typeof input === 'boolean' || input === null) return input
  // Minus zero is written as 0.
  if (typeof input === 'number' && Number.isFinite(input)) return input + 0
  if (typeof input !== 'object') throw new TypeError(`a ${typeof input} like this is not a JSON value`)
  if (depth === JSON_MAX_DEPTH)
    throw new TypeError(`it is nested deeper than ${JSON_MAX_DEPTH} or in a cycle`)
  return Object.freeze(
    Array.isArray(input)
      ? // Holes are read as undefined and refused like it.
        Array.from(input, (member) => copy(member, depth + 1, budget))
      : copyObject(input, depth, budget),
  )
}

function copyObject(input: object, depth: number, budget: Budget): Json {
  const prototype: unknown = Object.getPrototypeOf(input)
  // The root prototype of any realm, so that objects of an iframe are taken as well.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new TypeError('a class instance is not a JSON value; pass a plain object')
  }
  const members = Object.entries(input).map(([key, member]) => {
    budget.left -= key.length
    return [key, copy(member, depth + 1, budget)] as const
  })
  // Not by assignment: that to `__proto__` would change the prototype instead of adding a member.
  return Object.fromEntries(members)
}

/**
 * Reads a JSON text of any length and freezes what it says.
 * @throws FlowSyncError `codec/malformed`
 */
export function parseJson(text: string, depth = 0): Json {
  try {
    return copy(JSON.parse(text), depth, { left: Infinity })
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'a text is not JSON', cause)
  }
}

/**
 * Reads all that is left as one JSON text within the limits.
 * @throws FlowSyncError `codec/malformed`
 */
export function readJsonToEnd(reader: ByteReader): Json {
  if (reader.remaining > JSON_MAX_BYTES) throw malformed('a value is too long')
  return parseJson(reader.text())
}

/** A value with the JSON text that travels for it, as its author wrote it. */
export interface JsonText {
  /** Deeply frozen. */
  readonly value: Json
  readonly text: string
}

/** {@link copyJson}, with the text. */
export function toJson(input: unknown): JsonText {
  const value = copyJson(input)
  return { value, text: JSON.stringify(value) }
}

/** Length in bytes as varint, then the text in UTF-8. */
export function writeJson(writer: ByteWriter, json: JsonText): void {
  writer.string(json.text)
}

/**
 * Reads what {@link writeJson} wrote: any JSON text within the limits.
 * @throws FlowSyncError `codec/malformed`
 */
export function readJson(reader: ByteReader): JsonText {
  const text = reader.string(JSON_MAX_BYTES)
  return { text, value: parseJson(text) }
}

/** True when two values have the same JSON text, so that the older one can be handed out again. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object') return left === right
  return JSON.stringify(left) === JSON.stringify(right)
}

/** True when two arrays hold identical items, so that the older one can be handed out again. */
export function hasSameItems(left: readonly Json[], right: readonly Json[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index])
}
