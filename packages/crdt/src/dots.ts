import type { ByteReader, ByteWriter } from './bytes.js'
import type { Dot } from './causality.js'
import { malformed, readCount, readReplica, writeReplica } from './codec.js'
import type { ReplicaId } from './op.js'

/** The dot of an op that has its place. */
export interface PlacedDot extends Dot {
  readonly seq: number
}

/** @throws Error when the hub has not placed the op; `Fold` never encodes such a state. */
export function placed(dot: Dot): PlacedDot {
  const { replica, counter, seq } = dot
  if (seq === undefined) throw new Error('a state with pending ops was encoded')
  return { replica, counter, seq }
}

/** Numbers the replicas of a state in the order in which they appear, so that each id is written once. */
export class ReplicaTable {
  private readonly indices = new Map<ReplicaId, number>()

  indexOf(replica: ReplicaId): number {
    const known = this.indices.get(replica)
    if (known !== undefined) return known
    const index = this.indices.size
    this.indices.set(replica, index)
    return index
  }

  write(writer: ByteWriter): void {
    writer.varint(this.indices.size)
    for (const replica of this.indices.keys()) writeReplica(writer, replica)
  }
}

/** Reads what {@link ReplicaTable} wrote and checks that indices appear in its order. */
export class ReplicaTableReader {
  private readonly replicas: ReplicaId[] = []
  private used = 0

  constructor(reader: ByteReader) {
    const count = readCount(reader, 16)
    for (let index = 0; index < count; index++) this.replicas.push(readReplica(reader))
    if (new Set(this.replicas).size !== count) throw malformed('a replica is listed twice')
  }

  at(index: number): ReplicaId {
    const replica = this.replicas[index]
    if (replica === undefined || index > this.used) throw malformed('replicas are not listed in their order')
    if (index === this.used) this.used++
    return replica
  }

  /** Throws unless every replica was used. */
  end(): void {
    if (this.used !== this.replicas.length) throw malformed('a listed replica is never used')
  }
}

/** Writes a dot whose seq is above `after`. */
export function writeDot(writer: ByteWriter, table: ReplicaTable, dot: PlacedDot, after: number): void {
  writer.varint(dot.seq - after - 1)
  writer.varint(table.indexOf(dot.replica))
  writer.varint(dot.counter - 1)
}

/**
 * Reads a dot whose seq is above `after` and at most `last`.
 * @throws FlowSyncError `codec/malformed`
 */
export function readDot(
  reader: ByteReader,
  table: ReplicaTableReader,
  after: number,
  last: number,
): PlacedDot {
  const seq = reader.varint(last - after - 1) + after + 1
  return { seq, replica: table.at(reader.varint()), counter: reader.varint(Number.MAX_SAFE_INTEGER - 1) + 1 }
}
