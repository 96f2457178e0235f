import type { ByteReader, ByteWriter } from '../bytes.js'
import { malformed, readCount } from '../codec.js'
import { JSON_MAX_DEPTH } from '../json.js'
import { isScalar } from './node.js'
import type { DocNode, DocScalar } from './node.js'

/*
 * A node is a tag and what belongs to it:
 *
 *   0 null, 1 false, 2 true        nothing
 *   3 integer n >= 0               varint n
 *   4 integer n < 0                varint -n
 *   5 any other number             8 bytes, IEEE 754
 *   6 string                       a key, see writeKey
 *   7 map                          varint count, then per entry a key and a node, keys ascending
 *   8 list                         varint count, then the nodes
 *   9 text                         UTF-8 with its length
 *   10 counter                     a number by one of the tags 3 to 5
 */
const TRUE = 2
const NATURAL = 3
const NEGATIVE = 4
const DOUBLE = 5
const STRING = 6
const CONTAINERS = { map: 7, list: 8, text: 9, counter: 10 } as const

const LONE_SURROGATE = /\p{Surrogate}/u
/** Stands before a string's JSON text, which UTF-8 can express where it cannot express the string. */
const ESCAPE = '\u0000'

/** Writes any string, also one that UTF-8 cannot express, in the one form there is. */
export function writeKey(writer: ByteWriter, key: string): void {
  writer.string(key.startsWith(ESCAPE) || LONE_SURROGATE.test(key) ? ESCAPE + JSON.stringify(key) : key)
}

/** Reads what {@link writeKey} wrote. */
export function readKey(reader: ByteReader): string {
  const form = reader.string()
  if (!form.startsWith(ESCAPE)) return form
  const key = parseString(form.slice(1))
  const isNeeded = key.startsWith(ESCAPE) || LONE_SURROGATE.test(key)
  if (!isNeeded || ESCAPE + JSON.stringify(key) !== form) throw malformed('a string is escaped without need')
  return key
}

function parseString(json: string): string {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw malformed('an escaped string is not JSON', cause)
  }
  if (typeof value !== 'string') throw malformed('an escaped string is no string')
  return value
}

export function writeScalar(writer: ByteWriter, value: DocScalar): void {
  if (value === null) writer.u8(0)
  else if (typeof value === 'boolean') writer.u8(value ? TRUE : 1)
  else if (typeof value === 'number') writeNumber(writer, value)
  else {
    writer.u8(STRING)
    writeKey(writer, value)
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (!Number.isSafeInteger(value)) {
    writer.u8(DOUBLE)
    writer.f64(value)
  } else {
    writer.u8(value < 0 ? NEGATIVE : NATURAL)
    writer.varint(Math.abs(value))
  }
}

/** Reads a scalar whose tag was read; undefined when the tag is that of something else. */
export function readScalar(reader: ByteReader, tag: number): DocScalar | undefined {
  switch (tag) {
    case 0:
      return null
    case 1:
    case TRUE:
      return tag === TRUE
    case STRING:
      return readKey(reader)
    default:
      return readNumber(reader, tag)
  }
}

function readNumber(reader: ByteReader, tag: number): number | undefined {
  if (tag === NATURAL) return reader.varint()
  if (tag === NEGATIVE) {
    const amount = reader.varint()
    if (amount === 0) throw malformed('a negative zero')
    return -amount
  }
  if (tag !== DOUBLE) return undefined
  const value = reader.f64()
  if (!Number.isFinite(value) || Number.isSafeInteger(value)) throw malformed('a number out of its form')
  return value
}

export function writeNode(writer: ByteWriter, node: DocNode): void {
  if (isScalar(node)) return writeScalar(writer, node)
  writer.u8(CONTAINERS[node.type])
  switch (node.type) {
    case 'map':
      writer.varint(node.entries.length)
      for (const [key, child] of node.entries) {
        writeKey(writer, key)
        writeNode(writer, child)
      }
      return
    case 'list':
      writer.varint(node.items.length)
      for (const child of node.items) writeNode(writer, child)
      return
    case 'text':
      return writer.string(node.text)
    case 'counter':
      return writeNumber(writer, node.amount)
  }
}

/**
 * @param depth of the container that shall hold the node, within its value
 * @throws FlowSyncError `codec/malformed`
 */
export function readNode(reader: ByteReader, depth = 0): DocNode {
  const tag = reader.u8()
  const scalar = readScalar(reader, tag)
  if (scalar !== undefined) return scalar
  if (depth === JSON_MAX_DEPTH) throw malformed(`a value is nested deeper than ${JSON_MAX_DEPTH}`)
  switch (tag) {
    case CONTAINERS.map:
      return readMap(reader, depth)
    case CONTAINERS.list:
      return { type: 'list', items: readItems(reader, 1, () => readNode(reader, depth + 1)) }
    case CONTAINERS.text:
      return { type: 'text', text: reader.string() }
    case CONTAINERS.counter:
      return { type: 'counter', amount: readAmount(reader) }
    default:
      throw malformed(`unknown tag ${tag}`)
  }
}

function readMap(reader: ByteReader, depth: number): DocNode {
  let before: string | undefined
  const entries = readItems(reader, 2, () => {
    const key = readKey(reader)
    if (before !== undefined && key <= before) throw malformed('keys are not in their order')
    before = key
    return [key, readNode(reader, depth + 1)] as const
  })
  return { type: 'map', entries }
}

function readAmount(reader: ByteReader): number {
  const amount = readNumber(reader, reader.u8())
  if (amount === undefined || Math.abs(amount) > Number.MAX_SAFE_INTEGER) {
    throw malformed('a counter begins with something else than an amount')
  }
  return amount
}

/** Reads a count and so many items, each of at least `itemBytes`. */
export function readItems<Item>(reader: ByteReader, itemBytes: number, read: () => Item): Item[] {
  const count = readCount(reader, itemBytes)
  const items: Item[] = []
  for (let index = 0; index < count; index++) items.push(read())
  return items
}
