import type { FlowSyncError, Op, OpId, ReplicaId, SequencedOp } from '@flowsync/crdt'

/** Names one stream: two workspaces never meet, whatever their streams are called. */
export interface StreamKey {
  readonly workspace: string
  readonly stream: string
}

/** What is fixed when a stream is first opened. */
export interface StreamCreation extends StreamKey {
  /** Name of the merge rule. */
  readonly rule: string
  readonly ruleVersion: number
}

/** A stream as it is stored. */
export interface StreamHead extends StreamCreation {
  /** 16 hex digits; changes when the log was reset or restored. */
  readonly epoch: string
  /** Seq of the last stored op, 0 when there is none. */
  readonly headSeq: number
}

/** Ops of one push that are stored all together or not at all. */
export interface AppendBatch extends StreamKey {
  /** The epoch that the author believes the stream to be in. */
  readonly epoch: string
  /** Who pushes. A replica belongs to the subject that appended under it first. */
  readonly subject: string
  /** At least one; ops of one replica in the order of their counters. */
  readonly ops: readonly Op[]
}

/** What became of one batch. */
export type AppendOutcome =
  | {
      readonly kind: 'ok'
      /** One seq per op of the batch, for ops stored by an earlier attempt the seq they have had since. */
      readonly seqs: readonly number[]
      /** The head before the batch: ops with a seq above it are new, the others were stored before. */
      readonly priorHeadSeq: number
    }
  /** Refused; nothing of the batch is stored. */
  | { readonly kind: 'failed'; readonly error: FlowSyncError }

/** What to read of a stream's log. */
export interface ReadRange extends StreamKey {
  readonly afterSeq: number
  /** Where to stop: the result is cut after the op that passes it, so a single larger op is still read. */
  readonly limitBytes: number
  /** Nothing above it is read. Default: the head. */
  readonly throughSeq?: number
}

/** Part of a log, as it was at one moment. */
export interface LogSlice {
  readonly epoch: string
  readonly headSeq: number
  /** Contiguous from `afterSeq + 1`; empty when the cursor is at or above the head. */
  readonly ops: readonly SequencedOp[]
}

/** The state of a stream at a seq, as the merge rule encoded it. */
export interface Snapshot {
  readonly epoch: string
  readonly seq: number
  readonly state: Uint8Array
}

/**
 * The durable log of a hub. One writer: every method of one driver sees what earlier calls stored.
 *
 * A driver does no merging and knows no rule. It answers with `FlowSyncError`s only: `storage/full`,
 * `storage/corrupt`, `storage/read-only`, `storage/unavailable`. All drivers pass `describeLogDriver`.
 */
export interface LogDriver {
  /** For logs and health reports, such as `sqlite`. */
  readonly kind: string

  /**
   * Makes the store ready. Called once, before anything else.
   * @throws FlowSyncError when it cannot be used; the message says what to do. What is there stays untouched.
   */
  open(): Promise<void>

  /** Creates the stream with a fresh random epoch unless it exists, and tells how it is stored. Durable when it resolves. */
  openStream(creation: StreamCreation): Promise<StreamHead>

  /** The stream as stored, or undefined. Creates nothing. */
  findStream(key: StreamKey): Promise<StreamHead | undefined>

  /**
   * Stores batches of any streams in **one** transaction and resolves when it is durable, with one
   * outcome per batch in the order given. Batches are checked in that order, each on top of those
   * before it; a refused batch leaves nothing behind and does not hinder the others.
   *
   * Refusals: `stream/unknown`, `stream/epoch-changed` (details.epoch), `op/replica-foreign`,
   * `op/counter-gap` (details.replica, details.expected), `op/unknown-base`, `op/invalid`.
   * @throws FlowSyncError when the transaction failed: then nothing of any batch is acknowledged.
   */
  append(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]>

  /** Reads a bounded part of the log. Undefined when the stream does not exist. */
  read(range: ReadRange): Promise<LogSlice | undefined>

  /** The highest counter stored of each replica, 0 for none, in the order given. */
  countersOf(key: StreamKey, replicas: readonly ReplicaId[]): Promise<readonly number[]>

  /**
   * The seq of the stored op that begins at exactly this counter. Undefined when there is none, or when its replica
   * belongs to another subject.
   */
  findSeq(key: StreamKey, id: OpId, subject: string): Promise<number | undefined>

  /**
   * Keeps a snapshot, and drops those that `keptSnapshots` no longer wants.
   * Ignored when the stream is in another epoch by now.
   */
  putSnapshot(key: StreamKey, snapshot: Snapshot): Promise<void>

  /** The newest snapshot, or the newest with a seq at or below `atOrBelow`. */
  latestSnapshot(key: StreamKey, atOrBelow?: number): Promise<Snapshot | undefined>

  /** Streams of a workspace ordered by name (in UTF-8), those after `after`, at most `limit`. */
  listStreams(
    workspace: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StreamHead[]>

  /**
   * Gives the stream another epoch and keeps its log: the database is older than what clients hold.
   * Nothing happens when the stream is not in `epoch` any more. Undefined when the stream does not exist.
   */
  renewEpoch(key: StreamKey, epoch: string): Promise<StreamHead | undefined>

  /** Waits for what is under way, then lets go of the store. Later calls fail with `storage/unavailable`. */
  close(): Promise<void>
}
