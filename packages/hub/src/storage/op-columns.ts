import type { ByteReader, ByteWriter, OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

/** How many bytes of each body stand with those of the others. */
const BODY_COLUMNS = 8

/**
 * Writes contiguous ops column by column: who, gaps between counters, counts, distances of the bases, what
 * else they knew, lengths of the bodies, bodies. Like stands beside like, so that it compresses well, and a column that
 * goes on as it began takes a few bytes. Counters of a replica follow each other: each is written once.
 *
 * @param first seq of the first op
 * @returns the replicas in the order that the columns number them in
 */
export function writeOpColumns(
  writer: ByteWriter,
  ops: readonly SequencedOp[],
  first: number,
): readonly ReplicaId[] {
  const replicas = new Map<ReplicaId, number>()
  const indexOf = (replica: ReplicaId): number => {
    const index = replicas.get(replica) ?? replicas.size
    replicas.set(replica, index)
    return index
  }
  const nextCounters: number[] = []
  const authors = ops.map((op) => indexOf(op.replica))
  const skips = ops.map((op, at) => {
    const author = authors[at] ?? 0
    const skip = op.counter - (nextCounters[author] ?? 0)
    nextCounters[author] = op.counter + op.count
    return skip
  })
  writeRuns(writer, authors)
  writeRuns(writer, skips)
  writeRuns(
    writer,
    ops.map((op) => op.count),
  )
  writeRuns(
    writer,
    ops.map((op, at) => first - 1 + at - op.base),
  )
  writeRuns(
    writer,
    ops.map((op) => op.extra.length),
  )
  for (const op of ops) {
    for (const { replica, counter } of op.extra) {
      writer.varint(indexOf(replica))
      writer.varint(counter)
    }
  }
  writeRuns(
    writer,
    ops.map((op) => op.body.length),
  )
  writeBodies(writer, ops)
  return [...replicas.keys()]
}

/**
 * Reads what {@link writeOpColumns} wrote. The bodies are views on one buffer.
 * @throws FlowSyncError `codec/malformed`
 */
export function readOpColumns(
  reader: ByteReader,
  replicas: readonly ReplicaId[],
  first: number,
  length: number,
): SequencedOp[] {
  const authors = readRuns(reader, length)
  const skips = readRuns(reader, length)
  const counts = readRuns(reader, length)
  const distances = readRuns(reader, length)
  const extras = readRuns(reader, length).map((count) => readExtra(reader, count, replicas))
  const bodies = readBodies(reader, readRuns(reader, length))
  const nextCounters = new Array<number>(replicas.length).fill(0)
  return authors.map((author, at) => {
    const seq = first + at
    const counter = (nextCounters[author] ?? 0) + (skips[at] ?? 0)
    const count = counts[at] ?? 0
    const base = seq - 1 - (distances[at] ?? 0)
    if (base < 0 || !Number.isSafeInteger(counter + count)) throw malformed('a number is out of range')
    nextCounters[author] = counter + count
    const [extra = NO_IDS, body = NO_BYTES] = [extras[at], bodies[at]]
    return { replica: named(replicas, author), counter, count, base, extra, body, seq }
  })
}

function readExtra(reader: ByteReader, count: number, replicas: readonly ReplicaId[]): readonly OpId[] {
  if (count === 0) return NO_IDS
  if (count > reader.remaining) throw malformed('a length points past the end')
  return Array.from({ length: count }, () => {
    return { replica: named(replicas, reader.varint()), counter: reader.varint() }
  })
}

/**
 * The bodies byte by byte: the first bytes of all, then the second bytes, and so on; what is behind these columns follows as
 * it is. Bodies of one rule look alike, with what kind of edit it is, where and of what at the same places: so a
 * session of typing takes a fifth of what it takes with body behind body.
 */
function writeBodies(writer: ByteWriter, ops: readonly SequencedOp[]): void {
  for (let column = 0; column < BODY_COLUMNS; column++) {
    for (const { body } of ops) {
      const byte = body[column]
      if (byte !== undefined) writer.u8(byte)
    }
  }
  for (const { body } of ops) if (body.length > BODY_COLUMNS) writer.raw(body.subarray(BODY_COLUMNS))
}

function readBodies(reader: ByteReader, lengths: readonly number[]): Uint8Array[] {
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (total > reader.remaining) throw malformed('a length points past the end')
  const bytes = new Uint8Array(total)
  let start = 0
  const bodies = lengths.map((length) => bytes.subarray(start, (start += length)))
  for (let column = 0; column < BODY_COLUMNS; column++) {
    for (const body of bodies) if (body.length > column) body[column] = reader.u8()
  }
  for (const body of bodies) {
    if (body.length > BODY_COLUMNS) body.set(reader.raw(body.length - BODY_COLUMNS), BODY_COLUMNS)
  }
  return bodies
}

/** Runs of equal numbers: the number, and how many of it more than one. */
function writeRuns(writer: ByteWriter, numbers: readonly number[]): void {
  for (let at = 0; at < numbers.length;) {
    const start = at
    while (++at < numbers.length && numbers[at] === numbers[start]);
    const number = numbers[start] ?? 0
    const more = at - start - 1
    // Odd: alone. A column of ever new numbers takes no more than the numbers.
    writer.varint(more === 0 ? number * 2 + 1 : number * 2)
    if (more > 0) writer.varint(more - 1)
  }
}

function readRuns(reader: ByteReader, length: number): number[] {
  const numbers: number[] = []
  while (numbers.length < length) {
    const head = reader.varint()
    const number = Math.floor(head / 2)
    const more = head % 2 === 1 ? 0 : reader.varint(length - numbers.length - 2) + 1
    for (let repeat = 0; repeat <= more; repeat++) numbers.push(number)
  }
  return numbers
}

function named(replicas: readonly ReplicaId[], index: number): ReplicaId {
  const replica = replicas[index]
  if (replica === undefined) throw malformed('a replica that is not named')
  return replica
}

function malformed(what: string): Error {
  return createError('codec/malformed', `Malformed bytes: ${what}.`)
}

const NO_IDS: readonly OpId[] = Object.freeze([])
const NO_BYTES = new Uint8Array(0)
