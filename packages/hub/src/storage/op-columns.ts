import type { ByteReader, ByteWriter, OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

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
  for (const op of ops) writer.raw(op.body)
  return [...replicas.keys()]
}

/**
 * Reads what {@link writeOpColumns} wrote. Bodies are views on the input, not copies.
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
  const bodyLengths = readRuns(reader, length)
  const nextCounters = new Array<number>(replicas.length).fill(0)
  return authors.map((author, at) => {
    const seq = first + at
    const counter = (nextCounters[author] ?? 0) + (skips[at] ?? 0)
    const count = counts[at] ?? 0
    const base = seq - 1 - (distances[at] ?? 0)
    if (base < 0 || !Number.isSafeInteger(counter + count)) throw malformed('a number is out of range')
    nextCounters[author] = counter + count
    const body = reader.raw(bodyLengths[at] ?? 0)
    return { replica: named(replicas, author), counter, count, base, extra: extras[at] ?? NO_IDS, body, seq }
  })
}

function readExtra(reader: ByteReader, count: number, replicas: readonly ReplicaId[]): readonly OpId[] {
  if (count === 0) return NO_IDS
  if (count > reader.remaining) throw malformed('a length points past the end')
  return Array.from({ length: count }, () => {
    return { replica: named(replicas, reader.varint()), counter: reader.varint() }
  })
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
