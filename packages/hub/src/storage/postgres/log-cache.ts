import type { ReplicaId } from '@flowsync/crdt'
import type { CachedStream } from '../cached-stream.js'
import type { StreamKey } from '../driver.js'
import { BoundedMap } from '../sqlite/bounded-map.js'

/** A replica as its row says. */
export interface ReplicaRow {
  readonly number: number
  readonly subject: string
}

const CACHED_STREAMS = 10_000
const CACHED_REPLICAS = 50_000

/**
 * What a driver remembers of a database. Bindings and names of replicas never change; what it remembers of a
 * stream is worth something only while the stream's row, locked, says the same.
 */
export class LogCache {
  private readonly streams = new BoundedMap<string, CachedStream>(CACHED_STREAMS)
  private readonly byName = new BoundedMap<string, ReplicaRow>(CACHED_REPLICAS)
  private readonly byNumber = new BoundedMap<number, ReplicaId>(CACHED_REPLICAS)
  /** Numbers that were drawn for replicas to come. */
  private reserve: number[] = []

  stream({ workspace, stream }: StreamKey): CachedStream | undefined {
    return this.streams.get(`${workspace}/${stream}`)
  }

  keepStream({ workspace, stream }: StreamKey, cached: CachedStream): void {
    this.streams.set(`${workspace}/${stream}`, cached)
  }

  replica(workspace: string, replica: ReplicaId): ReplicaRow | undefined {
    return this.byName.get(`${workspace}/${replica}`)
  }

  keepReplica(workspace: string, replica: ReplicaId, row: ReplicaRow): void {
    this.byName.set(`${workspace}/${replica}`, row)
    this.byNumber.set(row.number, replica)
  }

  nameOf(number: number): ReplicaId | undefined {
    return this.byNumber.get(number)
  }

  keepName(number: number, replica: ReplicaId): void {
    this.byNumber.set(number, replica)
  }

  get reserved(): number {
    return this.reserve.length
  }

  addReserve(numbers: readonly number[]): void {
    this.reserve.push(...numbers)
  }

  /** A number that no replica has; undefined when none is reserved. */
  takeNumber(): number | undefined {
    return this.reserve.shift()
  }

  /** Bounds what is kept; call between transactions. */
  trim(): void {
    this.streams.trim()
    this.byName.trim()
    this.byNumber.trim()
  }

  /** Forgets everything: a transaction failed, or another database answers. */
  clear(): void {
    this.streams.clear()
    this.byName.clear()
    this.byNumber.clear()
    this.reserve = []
  }
}
