import { ByteReader, ByteWriter } from '../bytes.js'
import { decodeVersioned, encodeVersioned, malformed, readCount } from '../codec.js'
import { FlowSyncError, isFlowSyncError } from '../errors.js'
import { readJson, writeJson } from '../json.js'
import { decodeTextBody, encodeTextBody } from '../text-codec.js'
import type { TextDelta } from '../text-delta.js'
import { NO_MARKS, isMark, isMarkName, markChange } from './mark.js'
import type { Mark, MarkChange, MarkSet } from './mark.js'
import type { MarkRequest } from './tracked-mark.js'
import type { Run, RunList } from './run-list.js'

/** What an op of a rich text does. */
export type RichTextBody =
  { readonly kind: 'text'; readonly patch: TextDelta } | { readonly kind: 'mark'; readonly mark: MarkRequest }

/*
 * The body of an op that changes text is that of a plain text's op. The body of one that marks, told from
 * it by the lowest two bits:
 *
 *   u8      bits 0-1: 2. Bit 2: expands before. 3: expands after. 4: multi. 5: removes. Others: 0
 *   varint  position
 *   varint  length, from 1
 *   varint  milliseconds since 1970 by the author's clock
 *   string  name
 *   string  JSON text of the value, unless it removes and is not multi
 */
const MARK_FORMAT = 2
const FORMAT_BITS = 0b11
const EXPANDS_BEFORE = 4
const EXPANDS_AFTER = 8
const MULTI = 16
const REMOVES = 32
const ALL_FLAGS = EXPANDS_BEFORE | EXPANDS_AFTER | MULTI | REMOVES
const MAX_UNITS = 0x7fff_ffff
/** The year 10889. */
export const MAX_MS = 2 ** 48 - 1

export function encodeRichTextBody(body: RichTextBody): Uint8Array {
  if (body.kind === 'text') return encodeTextBody(body.patch)
  const { position, length, ms, change } = body.mark
  const writer = new ByteWriter(32)
  writer.u8(MARK_FORMAT | flagsOf(change))
  writer.varint(position)
  writer.varint(length)
  writer.varint(ms)
  writeNamed(writer, change)
  return writer.finish()
}

/** @throws FlowSyncError `op/invalid` for anything that {@link encodeRichTextBody} does not make */
export function decodeRichTextBody(bytes: Uint8Array): RichTextBody {
  if (((bytes[0] ?? 0) & FORMAT_BITS) !== MARK_FORMAT) return { kind: 'text', patch: decodeTextBody(bytes) }
  try {
    const reader = new ByteReader(bytes)
    const flags = reader.u8() - MARK_FORMAT
    const position = reader.varint(MAX_UNITS)
    const length = reader.varint(MAX_UNITS)
    if (length === 0) throw malformed('an empty range is marked')
    const ms = reader.varint(MAX_MS)
    const change = readNamed(reader, flags)
    reader.end()
    return { kind: 'mark', mark: { position, length, ms, change } }
  } catch (cause) {
    if (isFlowSyncError(cause)) throw new FlowSyncError('op/invalid', cause.message, { cause })
    throw cause
  }
}

function flagsOf({ expandsBefore, expandsAfter, multi, isRemoval }: MarkChange): number {
  return (
    (expandsBefore ? EXPANDS_BEFORE : 0) |
    (expandsAfter ? EXPANDS_AFTER : 0) |
    (multi ? MULTI : 0) |
    (isRemoval ? REMOVES : 0)
  )
}

function writeNamed(writer: ByteWriter, { name, json }: MarkChange): void {
  writer.string(name)
  if (json) writeJson(writer, json)
}

function readNamed(reader: ByteReader, flags: number): MarkChange {
  if ((flags & ~ALL_FLAGS) !== 0) throw malformed(`unknown flags ${flags}`)
  const name = reader.string()
  if (!isMarkName(name)) throw malformed('a name that no mark has')
  const multi = (flags & MULTI) !== 0
  const isRemoval = (flags & REMOVES) !== 0
  const json = multi || !isRemoval ? readJson(reader) : undefined
  if (json?.value === null) throw malformed('a mark without a value')
  return markChange({
    name,
    multi,
    expandsBefore: (flags & EXPANDS_BEFORE) !== 0,
    expandsAfter: (flags & EXPANDS_AFTER) !== 0,
    json,
    isRemoval,
  })
}

/*
 * A state:
 *
 *   u8       format
 *   string   text
 *   columns  marks, each once: u8 flags as in a body, name, JSON text of the value
 *            sets of marks, each once: how many, and the number of each by its key
 *            runs up to the last marked text: length, and number of the set; 0 is the empty one
 *
 * All numbers are given in the order of first use, so that equal states give equal bytes.
 */
const STATE_FORMAT = 1

/** Encodes a text with its marks. */
export function encodeRichTextState(text: string, list: RunList<MarkSet>): Uint8Array {
  const runs = list.slice()
  if (runs.at(-1)?.value.length === 0) runs.pop()
  const marks = new Numbering<Mark>(0)
  const sets = new Numbering<readonly number[]>(1)
  const numbers = runs.map(({ value }) => {
    const set = value.map((mark) => marks.numberOf(keyOfMark(mark), mark))
    return set.length === 0 ? 0 : sets.numberOf(set.join(), set)
  })
  return encodeVersioned(STATE_FORMAT, (writer) => {
    writer.string(text)
    writer.varint(marks.items.length)
    for (const mark of marks.items) writer.u8(flagsOf(mark))
    for (const mark of marks.items) writeNamed(writer, mark)
    writer.varint(sets.items.length)
    for (const set of sets.items) writer.varint(set.length)
    for (const set of sets.items) for (const number of set) writer.varint(number)
    writer.varint(runs.length)
    for (const { length } of runs) writer.varint(length)
    for (const number of numbers) writer.varint(number)
  })
}

/** Numbers what it is shown in the order of first use. */
class Numbering<Item> {
  readonly items: Item[] = []
  private readonly numbers = new Map<string, number>()
  private readonly first: number

  constructor(first: number) {
    this.first = first
  }

  numberOf(key: string, item: Item): number {
    const known = this.numbers.get(key)
    if (known !== undefined) return known
    const number = this.first + this.items.push(item) - 1
    this.numbers.set(key, number)
    return number
  }
}

/** @throws FlowSyncError `state/invalid` for anything that {@link encodeRichTextState} does not make */
export function decodeRichTextState(bytes: Uint8Array): {
  readonly text: string
  readonly runs: readonly Run<MarkSet>[]
} {
  return decodeVersioned('state/invalid', bytes, STATE_FORMAT, (reader) => {
    const text = reader.string()
    const sets = readSets(reader, readMarks(reader))
    return { text, runs: readRuns(reader, sets, text) }
  })
}

function readMarks(reader: ByteReader): readonly Mark[] {
  const flags = [...reader.raw(readCount(reader, 3))]
  return flags.map((flag) => {
    const mark = readNamed(reader, flag)
    if (!isMark(mark)) throw malformed('a removal where a mark stands')
    return mark
  })
}

/** Checks that numbers below a limit are all used, each for the first time after all smaller ones. */
class FirstUse {
  private next: number
  private readonly limit: number

  constructor(next: number, limit: number) {
    this.next = next
    this.limit = limit
  }

  use(number: number): number {
    if (number > this.next || number >= this.limit)
      throw malformed('numbers are not in the order of their first use')
    if (number === this.next) this.next++
    return number
  }

  end(): void {
    if (this.next !== this.limit) throw malformed('something is listed that is never used')
  }
}

function readSets(reader: ByteReader, marks: readonly Mark[]): readonly MarkSet[] {
  const lengths = readNumbers(reader, readCount(reader, 2))
  const numbers = new FirstUse(0, marks.length)
  const sets = lengths.map((length) => {
    if (length === 0 || length > reader.remaining) throw malformed('a set of marks has no such size')
    const set = readNumbers(reader, length).map((number) => marks[numbers.use(number)] as Mark)
    set.forEach((mark, index) => {
      if (index > 0 && (set[index - 1] as Mark).key >= mark.key) throw malformed('marks are not in order')
    })
    return set
  })
  numbers.end()
  const keys = sets.map((set) => set.map(keyOfMark).join('\0\0'))
  if (isAnySame(marks.map(keyOfMark)) || isAnySame(keys)) throw malformed('something is listed twice')
  return [NO_MARKS, ...sets]
}

function keyOfMark(mark: Mark): string {
  return `${flagsOf(mark)}\0${mark.name}\0${mark.json.text}`
}

function isAnySame(keys: readonly string[]): boolean {
  return new Set(keys).size < keys.length
}

function readRuns(reader: ByteReader, sets: readonly MarkSet[], text: string): readonly Run<MarkSet>[] {
  const lengths = readNumbers(reader, readCount(reader, 2))
  const numbers = new FirstUse(1, sets.length)
  let former = 0
  let at = 0
  const runs = lengths.map((length, index) => {
    const number = numbers.use(reader.varint())
    if (length === 0 || (index > 0 && number === former)) throw malformed('a run that is none')
    former = number
    at += length
    if (at > text.length) throw malformed('marks beyond the text')
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) throw malformed('a mark ends within a character')
    return { length, value: sets[number] as MarkSet }
  })
  numbers.end()
  if (runs.length > 0 && former === 0) throw malformed('a run of nothing at the end')
  return at < text.length ? [...runs, { length: text.length - at, value: NO_MARKS }] : runs
}

function readNumbers(reader: ByteReader, count: number): number[] {
  const numbers: number[] = []
  for (let index = 0; index < count; index++) numbers.push(reader.varint(MAX_UNITS))
  return numbers
}
