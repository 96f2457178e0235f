import type { ReplicaId } from '@flowsync/crdt'

/** The file in which a writer notes what was acknowledged to it; no part of what is tested. */
export const ACKS = 'acks'

/** An append that was acknowledged. */
export interface Acknowledged {
  readonly stream: string
  readonly firstCounter: number
  /** Of the ops from `firstCounter` on. */
  readonly seqs: readonly number[]
}

/** Who wrote everything. */
export const powerAuthor = 'a'.repeat(32) as ReplicaId

/** The body of the author's op with this counter: large enough that the write-ahead log is copied into the file now and then. */
export function bodyOf(counter: number): Uint8Array {
  return new Uint8Array(20 + ((counter * 577) % 9_000)).fill(counter)
}
