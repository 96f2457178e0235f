/**
 * One running client instance: 128 random bits as 32 lowercase hex digits. New for each tab, worker
 * or process; never derived from a user id, never copied.
 */
export type ReplicaId = string & { readonly __brand: 'ReplicaId' }

const REPLICA_ID = /^[0-9a-f]{32}$/

/** True when `text` has the form of a {@link ReplicaId}. */
export function isReplicaId(text: string): text is ReplicaId {
  return REPLICA_ID.test(text)
}

/** Names one op. A run of n units takes the n counters that begin at `counter`. */
export interface OpId {
  readonly replica: ReplicaId
  /** 1-based, dense per stream and replica. */
  readonly counter: number
}

/**
 * An operation as it travels and as it is stored: who, after what, and a body only its merge rule reads.
 *
 * The version an op was made at (its parents) is written in the short form that the hub's dense order
 * allows: everything up to seq `base`, all earlier ops of the same replica, and the ops in `extra`
 * together with all that those knew.
 */
export interface Op extends OpId {
  /** How many counters the op takes, at least 1. The replica's next op begins at `counter + count`. */
  readonly count: number
  /** Every op with a seq up to this one was known to the author. 0 when none was. */
  readonly base: number
  /** Known ops of other replicas that had no seq yet; empty but for tabs that share one outbox. */
  readonly extra: readonly OpId[]
  /** What the rule's `encodeBody` made. */
  readonly body: Uint8Array
}

/** An op that the hub has given its place in the stream. */
export interface SequencedOp extends Op {
  /** Place in the stream, dense from 1, given inside the hub's storage transaction. */
  readonly seq: number
}
