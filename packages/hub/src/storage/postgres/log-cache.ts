import type { ReplicaId } from '@flowsync/crdt'
import type { CachedStream, LedgerSource, ReplicaPlace } from '../cached-stream.js'
import type { StreamKey } from '../driver.js'
import type { StoredOp } from '../plan-append.js'
import { BoundedMap } from '../bounded-map.js'

/** A replica as its row says. */
export interface ReplicaRow {
  readonly number: number
  readonly subject: string
}

const CACHED_STREAMS = 10_000
const CACHED_REPLICAS = 50_000
/** Hubs that share a stream take turns every few commits; after so many without the others, it is one's own again. */
const LOCKED_APPENDS = 16

/**
 * What a driver remembers of a database. Bindings and names of replicas never change; what it remembers of a
 * stream is worth something only while the stream's row, locked, says the same.
 */
export class LogCache implements LedgerSource {
  private readonly streams = new BoundedMap<string, CachedStream>(CACHED_STREAMS)
  private readonly byName = new BoundedMap<string, ReplicaRow>(CACHED_REPLICAS)
  private readonly byNumber = new BoundedMap<number, ReplicaId>(CACHED_REPLICAS)
  /** Numbers that were drawn for replicas to come. */
  private reserve: number[] = []
  /** Stored ops that the transaction under way was asked to store again, by `nameOfOp`. */
  private readonly retried = new Map<string, StoredOp>()

  /** Streams that others append to, and how many more appends to them begin with a lock. */
  private readonly contended = new Map<number, number>()

  isContended(stream: number): boolean {
    return this.contended.has(stream)
  }

  /** Notes that an append under a lock found the stream moved on by somebody else, or not. */
  noteContention(stream: number, wasMoved: boolean): void {
    const left = wasMoved ? LOCKED_APPENDS : (this.contended.get(stream) ?? 0) - 1
    if (left > 0) this.contended.set(stream, left)
    else this.contended.delete(stream)
  }

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

  keepRetried(stream: number, replica: ReplicaId, counter: number, op: StoredOp): void {
    this.retried.set(nameOfOp(stream, replica, counter), op)
  }

  subjectOf(workspace: string, replica: ReplicaId): string | undefined {
    return this.replica(workspace, replica)?.subject
  }

  /** Places are loaded before anybody asks: one that is not there does not exist. */
  loadPlace(): ReplicaPlace | undefined {
    return undefined
  }

  findStored(stream: CachedStream, replica: ReplicaId, counter: number): StoredOp | undefined {
    return this.retried.get(nameOfOp(stream.number, replica, counter))
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
    this.retried.clear()
    this.streams.trim()
    this.byName.trim()
    this.byNumber.trim()
  }

  /** Forgets everything: a transaction failed, or another database answers. */
  clear(): void {
    this.retried.clear()
    this.streams.clear()
    this.byName.clear()
    this.byNumber.clear()
    this.contended.clear()
    this.reserve = []
  }
}

function nameOfOp(stream: number, replica: ReplicaId, counter: number): string {
  return `${stream}/${replica}/${counter}`
}
