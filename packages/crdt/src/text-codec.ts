import { ByteReader, ByteWriter } from './bytes.js'
import { decodeVersioned, encodeVersioned, malformed } from './codec.js'
import { FlowSyncError, isFlowSyncError } from './errors.js'
import type { TextDelta } from './text-delta.js'

/*
 * The body of a text op, format 1:
 *
 *   u8      bits 0-1: format. Bits 2-3: how many units are deleted, 3 for three or more. Others: 0
 *   varint  position
 *   varint  deleted units less 3, only if bits 2-3 are 3
 *   rest    inserted text, UTF-8
 *
 * Position and deleted units count UTF-16 units, below 2^31. Typing a letter takes three or four bytes.
 */
const BODY_FORMAT = 1
const FORMAT_BITS = 0b11
const MANY = 3
const MAX_UNITS = 0x7fff_ffff

/** An encoded text: a byte for the format, then the text as UTF-8. */
const STATE_FORMAT = 1

/** Reused by all but large ops: nothing is kept in it. */
const scratch = new ByteWriter()
const MAX_SCRATCH = 1024
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Encodes what a text op does, in the one form there is. */
export function encodeTextBody({ position, deleteCount, insert }: TextDelta): Uint8Array {
  const writer = insert.length > MAX_SCRATCH ? new ByteWriter(insert.length) : scratch
  writer.clear()
  writer.u8(BODY_FORMAT | (Math.min(deleteCount, MANY) << 2))
  writer.varint(position)
  if (deleteCount >= MANY) writer.varint(deleteCount - MANY)
  // Typing: one ASCII character is not worth an encoder.
  const unit = insert.length === 1 ? insert.charCodeAt(0) : MAX_UNITS
  if (unit < 0x80) writer.u8(unit)
  else if (insert !== '') writer.raw(encoder.encode(insert))
  return writer.finish()
}

/**
 * Decodes what a text op does. Whether it fits the text is not known here.
 * @throws FlowSyncError `op/invalid` for anything that {@link encodeTextBody} does not make of an op
 *   that does something
 */
export function decodeTextBody(bytes: Uint8Array): TextDelta {
  try {
    return readBody(new ByteReader(bytes))
  } catch (cause) {
    if (isFlowSyncError(cause)) throw new FlowSyncError('op/invalid', cause.message, { cause })
    throw cause
  }
}

function readBody(reader: ByteReader): TextDelta {
  const head = reader.u8()
  const format = head & FORMAT_BITS
  if (format !== BODY_FORMAT) throw malformed(`format version ${format} where ${BODY_FORMAT} is known`)
  const few = head >> 2
  if (few > MANY) throw malformed(`unknown flags ${head}`)
  const position = reader.varint(MAX_UNITS)
  const deleteCount = few < MANY ? few : MANY + reader.varint(MAX_UNITS - MANY)
  const insert = readText(reader)
  if (deleteCount === 0 && insert === '') throw malformed('an edit that changes nothing')
  return { position, deleteCount, insert }
}

/** Encodes a text: equal texts give equal bytes. */
export function encodeTextState(text: string): Uint8Array {
  return encodeVersioned(STATE_FORMAT, (writer) => writer.raw(encoder.encode(text)))
}

/** @throws FlowSyncError `state/invalid` for anything that {@link encodeTextState} does not make */
export function decodeTextState(bytes: Uint8Array): string {
  return decodeVersioned('state/invalid', bytes, STATE_FORMAT, readText)
}

/** Reads all that is left. */
function readText(reader: ByteReader): string {
  const bytes = reader.raw(reader.remaining)
  const [only] = bytes
  // Typing: one ASCII character is not worth a decoder.
  if (bytes.length === 1 && only !== undefined && only < 0x80) return String.fromCharCode(only)
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw malformed('a text is not valid UTF-8', cause)
  }
}
