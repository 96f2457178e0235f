import type { ByteReader, ByteWriter } from './bytes.js'
import { malformed, readCount, readReplica, writeReplica } from './codec.js'
import type { ReplicaId } from './op.js'

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
