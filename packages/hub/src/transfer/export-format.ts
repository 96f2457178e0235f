import type { SequencedOp } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import type { Snapshot, StreamHead, StreamReplica } from '../storage/driver.js'

/** The first bytes of what an export holds before it is compressed. */
export const MAGIC = 'flowsync-export\n'
export const FORMAT = 1

/** What the bytes of a record are. */
export const RECORD = Object.freeze({
  header: 1,
  stream: 2,
  replicas: 3,
  ops: 4,
  snapshot: 5,
  streamEnd: 6,
  trailer: 7,
})

export type RecordType = (typeof RECORD)[keyof typeof RECORD]

/** A record is larger than any stream's snapshot that a hub sends. */
export const MAX_RECORD_BYTES = 1024 * 1024 * 1024

/** The first record. */
export interface ExportHeader {
  readonly format: number
  readonly workspace: string
  /** ISO 8601. For people: nothing depends on it. */
  readonly createdAt: string
}

/** How much of each there is, in one stream or in all. */
export interface ExportCounts {
  readonly replicas: number
  readonly ops: number
  readonly snapshots: number
}

/** The last record. */
export interface ExportTrailer extends ExportCounts {
  readonly streams: number
  /** Hex digits, of all bytes before this record, before they are compressed. */
  readonly sha256: string
}

/** What an export holds, record by record. */
export type ExportRecord =
  | { readonly kind: 'stream'; readonly head: StreamHead }
  | { readonly kind: 'replicas'; readonly replicas: readonly StreamReplica[] }
  | { readonly kind: 'ops'; readonly ops: readonly SequencedOp[] }
  | { readonly kind: 'snapshot'; readonly snapshot: Omit<Snapshot, 'epoch'> }
  | ({ readonly kind: 'streamEnd' } & ExportCounts)

/** What everything was that a check of an export saw. */
export interface ExportSummary extends ExportTrailer {
  readonly header: ExportHeader
}

/** The refusal of a file that is no export, or not a whole one. */
export function fileInvalid(reason: string, cause?: unknown): Error {
  return createError('transfer/file-invalid', `The file cannot be imported: ${reason}`, { cause })
}
