import type { OpId, ReplicaId } from '../op.js'
import type { TextDelta } from '../text-delta.js'

/** What the tests of documents without a hub need of one. */
export interface GraphDocument {
  readonly replica: ReplicaId
  readonly value: string
  readonly length: number
  readonly version: readonly OpId[]
  /** The last op of each replica. */
  readonly vector: readonly OpId[]
  insert(pos: number, text: string): void
  delete(pos: number, length: number): void
  replace(pos: number, length: number, text: string): void
  encodeSince(version: readonly OpId[]): Uint8Array
  merge(update: Uint8Array): readonly TextDelta[]
  save(): Uint8Array
  snapshot(): Uint8Array
}

/** Who typed so many units; they have the counters from this one on. */
export interface GraphBlame {
  readonly length: number
  /** Undefined for what a document began with that has no history. */
  readonly replica: ReplicaId | undefined
  readonly counter: number
}

/** An implementation of documents without a hub, as the tests drive it. */
export interface GraphSubject<Document extends GraphDocument> {
  readonly name: string
  create(replica: ReplicaId): Document
  load(bytes: Uint8Array, replica: ReplicaId): Document
  encoder(document: Document): { next(): Uint8Array | undefined }
  decoder(document: Document): { merge(bytes: Uint8Array): readonly TextDelta[] }
  textAt(document: Document, version: readonly OpId[]): string
  textDiff(document: Document, from: readonly OpId[], to: readonly OpId[]): readonly TextDelta[]
  blame(document: Document): readonly GraphBlame[]
  erase(document: Document): void
}

/** Replica ids for tests, the same each time, in no order. */
export function replicaId(index: number): ReplicaId {
  const mixed = Math.imul(index + 1, 0x9e3779b1) >>> 0
  return (mixed.toString(16).padStart(8, '0') + index.toString(16).padStart(24, '0')) as ReplicaId
}
