import type { ByteReader } from './bytes.js'
import { malformed } from './codec.js'
import { invalidIntent } from './intent.js'

/** What a set can hold: values that are equal when they look the same. */
export type SetElement = string | number | boolean | null

/** The JSON text of an element may have this many bytes in UTF-8. */
const SET_MAX_ELEMENT_BYTES = 65_536

/**
 * The one JSON text of an element, which tells `1` from `"1"`.
 * @throws FlowSyncError `op/invalid-intent`
 */
export function toElementText(input: unknown): string {
  if (!isElement(input)) throw invalidIntent('an element is a string, a finite number, a boolean or null')
  // A UTF-16 unit takes three bytes at most, an escaped one six.
  if (typeof input === 'string' && input.length * 6 + 2 > SET_MAX_ELEMENT_BYTES) checkSize(input)
  return JSON.stringify(input)
}

function isElement(input: unknown): input is SetElement {
  if (typeof input === 'number') return Number.isFinite(input)
  return typeof input === 'string' || typeof input === 'boolean' || input === null
}

function checkSize(input: string): void {
  const isTooLong = input.length > SET_MAX_ELEMENT_BYTES
  if (!isTooLong && new TextEncoder().encode(JSON.stringify(input)).length <= SET_MAX_ELEMENT_BYTES) return
  throw invalidIntent(`an element takes at most ${SET_MAX_ELEMENT_BYTES} bytes`, {
    details: { limitBytes: SET_MAX_ELEMENT_BYTES },
  })
}

/** A text without escapes, which is its own one form. */
const PLAIN = /^"[ !#-[\]-~]*"$/

/** The element that a text of {@link toElementText} stands for. */
export function elementOf(text: string): SetElement {
  return PLAIN.test(text) ? text.slice(1, -1) : (JSON.parse(text) as SetElement)
}

/**
 * Reads the text of an element in its one form.
 * @throws FlowSyncError `codec/malformed`
 */
export function readElementText(reader: ByteReader): string {
  const text = reader.string(SET_MAX_ELEMENT_BYTES)
  if (PLAIN.test(text)) return text
  const value = tryParse(text)
  if (!isElement(value) || JSON.stringify(value) !== text)
    throw malformed('an element is not in its one form')
  return text
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed('an element is not JSON', cause)
  }
}
