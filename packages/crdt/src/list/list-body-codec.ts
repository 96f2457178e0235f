import { ByteReader, ByteWriter } from '../bytes.js'
import { readStamp, writeStamp } from '../clock.js'
import { malformed, readCount } from '../codec.js'
import { FlowSyncError, isFlowSyncError } from '../errors.js'
import { readJson, writeJson } from '../json.js'
import type { JsonText } from '../json.js'
import { hasUnplaced, kindOfName, readName, readNames, writeName, writeNames } from './element-name.js'
import type { ListBody, SlotRange } from './list-body.js'

/*
 * The body of a list op, format 1. It begins with a byte:
 *
 *   bits 0-1  format
 *   bits 2-3  kind: 0 insert, 1 delete, 2 set, 3 move
 *   bits 4-5  insert: 1 with ranges. delete: bit 4 several ranges, bit 5 names by counters.
 *             set, move: how the element is named
 *   bit 6     move: several slots are removed, not one
 *
 * and goes on, numbers as varints, with
 *
 *   insert    ranges if told, position, values to the end
 *   delete    a range or, if told, ranges; names
 *   set       position, name, stamp, value
 *   move      a position or, if told, ranges; position, name, stamp
 *
 * A range is its position and its count less 1; ranges stand behind their number.
 */
const BODY_FORMAT = 1
const INSERT = 0
const DELETE = 1
const SET = 2
const MOVE = 3
const MAX_SLOTS = 0x7fff_ffff

const HAS_RANGES = 1
const HAS_UNPLACED = 2
const MOVES_FROM_RANGES = 4

/** One short item after the other is what most lists are made of: such bodies are written here and copied once. */
const scratch = new ByteWriter(256)
const SHORT = 48

/** Encodes what a list op does, in the one form there is. */
export function encodeListBody(body: ListBody): Uint8Array {
  const writer = isShort(body) ? scratch : new ByteWriter()
  writer.clear()
  switch (body.kind) {
    case 'insert': {
      const flags = body.ranges.length > 0 ? HAS_RANGES : 0
      writeHead(writer, INSERT, flags)
      if (flags !== 0) writeRanges(writer, body.ranges)
      writer.varint(body.position)
      for (const json of body.values) writeJson(writer, json)
      break
    }
    case 'delete': {
      const [only, ...others] = body.ranges
      const isOne = only !== undefined && others.length === 0
      writeHead(writer, DELETE, (isOne ? 0 : HAS_RANGES) | (hasUnplaced(body.names) ? HAS_UNPLACED : 0))
      if (isOne) writeRange(writer, only)
      else writeRanges(writer, body.ranges)
      writeNames(writer, body.names)
      break
    }
    case 'set':
      writeHead(writer, SET, kindOfName(body.name))
      writer.varint(body.position)
      writeName(writer, body.name)
      writeStamp(writer, body.stamp)
      writeJson(writer, body.json)
      break
    case 'move': {
      const slot = onlySlot(body.ranges)
      writeHead(writer, MOVE, kindOfName(body.name) | (slot === undefined ? MOVES_FROM_RANGES : 0))
      if (slot === undefined) writeRanges(writer, body.ranges)
      else writer.varint(slot)
      writer.varint(body.position)
      writeName(writer, body.name)
      writeStamp(writer, body.stamp)
    }
  }
  return writer.finish()
}

function isShort(body: ListBody): boolean {
  return (
    body.kind === 'insert' && body.values.length === 1 && (body.values[0] as JsonText).text.length < SHORT
  )
}

/**
 * Decodes what a list op does. Whether it fits the list is not known here.
 * @throws FlowSyncError `op/invalid` for anything that {@link encodeListBody} does not make
 */
export function decodeListBody(bytes: Uint8Array): ListBody {
  try {
    const reader = new ByteReader(bytes)
    const body = readBody(reader)
    reader.end()
    return body
  } catch (cause) {
    if (isFlowSyncError(cause)) throw new FlowSyncError('op/invalid', cause.message, { cause })
    throw cause
  }
}

function readBody(reader: ByteReader): ListBody {
  const head = reader.u8()
  const format = head & 3
  if (format !== BODY_FORMAT) throw malformed(`format version ${format} where ${BODY_FORMAT} is known`)
  const flags = head >> 4
  switch ((head >> 2) & 3) {
    case INSERT: {
      if (flags > HAS_RANGES) throw unknownFlags(head)
      const ranges = flags === 0 ? [] : readRanges(reader, 1)
      return { kind: 'insert', ranges, position: reader.varint(MAX_SLOTS), values: readValues(reader) }
    }
    case DELETE: {
      if (flags > (HAS_RANGES | HAS_UNPLACED)) throw unknownFlags(head)
      const ranges = (flags & HAS_RANGES) === 0 ? [readRange(reader)] : readRanges(reader, 2)
      return { kind: 'delete', ranges, names: readNames(reader, (flags & HAS_UNPLACED) !== 0) }
    }
    case SET:
      return {
        kind: 'set',
        position: reader.varint(MAX_SLOTS),
        name: readName(reader, flags),
        stamp: readStamp(reader),
        json: readJson(reader),
      }
    default: {
      if (flags > 7) throw unknownFlags(head)
      return {
        kind: 'move',
        ranges: readMoved(reader, (flags & MOVES_FROM_RANGES) !== 0),
        position: reader.varint(MAX_SLOTS),
        name: readName(reader, flags & 3),
        stamp: readStamp(reader),
      }
    }
  }
}

function writeHead(writer: ByteWriter, kind: number, flags: number): void {
  writer.u8(BODY_FORMAT | (kind << 2) | (flags << 4))
}

function unknownFlags(head: number) {
  return malformed(`unknown flags ${head}`)
}

/** At least one. */
function readValues(reader: ByteReader): JsonText[] {
  const values: JsonText[] = []
  do values.push(readJson(reader))
  while (reader.remaining > 0)
  return values
}

function writeRanges(writer: ByteWriter, ranges: readonly SlotRange[]): void {
  writer.varint(ranges.length)
  for (const range of ranges) writeRange(writer, range)
}

function readRanges(reader: ByteReader, atLeast: number): SlotRange[] {
  const count = readCount(reader, 2)
  if (count < atLeast) throw malformed('fewer ranges than there must be')
  return Array.from({ length: count }, () => readRange(reader))
}

function writeRange(writer: ByteWriter, { position, count }: SlotRange): void {
  writer.varint(position)
  writer.varint(count - 1)
}

function readRange(reader: ByteReader): SlotRange {
  return { position: reader.varint(MAX_SLOTS), count: 1 + reader.varint(MAX_SLOTS - 1) }
}

/** The position of the one slot that most moves remove. */
function onlySlot(ranges: readonly SlotRange[]): number | undefined {
  const [only, ...others] = ranges
  return only?.count === 1 && others.length === 0 ? only.position : undefined
}

function readMoved(reader: ByteReader, hasRanges: boolean): SlotRange[] {
  if (!hasRanges) return [{ position: reader.varint(MAX_SLOTS), count: 1 }]
  const ranges = readRanges(reader, 1)
  if (onlySlot(ranges) !== undefined) throw malformed('one slot as a range')
  return ranges
}
