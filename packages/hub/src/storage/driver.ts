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

/** Where a stream's log stands. */
export interface LogPosition {
  /** 16 hex digits; changes when the log was reset, restored or truncated. */
  readonly epoch: string
  /** Seq of the last stored op, 0 when there is none. */
  readonly headSeq: number
  /**
   * Ops at or below it are kept as compressed segments, for those who need history. Who only wants to
   * catch up from below begins with a snapshot. 0 until the log is compacted.
   */
  readonly floorSeq: number
  /** Ops at or below it are gone for good. At most `floorSeq`; 0 until the log is truncated. */
  readonly truncatedSeq: number
}

/** A stream as it is stored. */
export interface StreamHead extends StreamCreation, LogPosition {}

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
export interface LogSlice extends LogPosition {
  /** Contiguous from `afterSeq + 1`; empty when the cursor is at or above the head. */
  readonly ops: readonly SequencedOp[]
}

/** The state of a stream at a seq, as the merge rule encoded it. */
export interface Snapshot {
  readonly epoch: string
  readonly seq: number
  readonly state: Uint8Array
}

/** A replica of a stream: whose it is, and how far it has come. */
export interface StreamReplica {
  readonly replica: ReplicaId
  readonly subject: string
  /** The counter its next op must begin at. */
  readonly nextCounter: number
  /** Its ops with counters below are truncated; 1 when none are. */
  readonly truncatedCounter: number
}

/** A part of an exported stream, to be stored as it was. */
export interface StreamRestore {
  /** As it was exported. The first part creates the stream with this epoch, floor and truncation. */
  readonly head: StreamHead
  /** Every replica that the stream has ever had. In the first part, and needed there only. */
  readonly replicas: readonly StreamReplica[]
  /** Contiguous behind what is stored: the first part begins at `truncatedSeq + 1`. */
  readonly ops: readonly SequencedOp[]
  /** With seqs at or below the last op stored with this part. */
  readonly snapshots: readonly Snapshot[]
}

/** How a store was found when it was opened. */
export interface StoreOpening {
  /**
   * True when the store is older than what was last written to it: a backup was restored, or a standby
   * took over that lacks the end. All streams have begun new epochs, so that clients push again what is missing.
   */
  readonly wasRestored: boolean
  /** What whoever runs the hub should know, such as settings under which acknowledged ops can be lost. */
  readonly warnings?: readonly string[]
}

/**
 * The durable log of a hub. Every method of one driver sees what earlier calls of it stored; where
 * `isShared`, any number of drivers in any number of processes may work on one store at the same time,
 * and each sees what the others have committed.
 *
 * A driver does no merging and knows no rule. It answers with `FlowSyncError`s only: `storage/full`,
 * `storage/corrupt`, `storage/read-only`, `storage/unavailable`, `stream/truncated`. All drivers pass `logDriverCases`.
 */
export interface LogDriver {
  /** For logs and health reports, such as `sqlite`. */
  readonly kind: string

  /** Whether several hubs may use one store at the same time. */
  readonly isShared: boolean

  /**
   * Makes the store ready: creates or migrates its tables, safely beside other hubs that do the same.
   * Called once, before anything else.
   * @throws FlowSyncError when it cannot be used; the message says what to do. What is there stays untouched.
   */
  open(): Promise<StoreOpening>

  /** Creates the stream with a fresh random epoch unless it exists, and tells how it is stored. Durable when it resolves. */
  openStream(creation: StreamCreation): Promise<StreamHead>

  /** The stream as stored, or undefined. Creates nothing. */
  findStream(key: StreamKey): Promise<StreamHead | undefined>

  /** Where the logs of many streams stand, in one round trip and in the order given. */
  positionsOf(keys: readonly StreamKey[]): Promise<readonly (LogPosition | undefined)[]>

  /**
   * Stores batches of any streams in **one** transaction and resolves when it is durable, with one
   * outcome per batch in the order given. Batches are checked in that order, each on top of those
   * before it; a refused batch leaves nothing behind and does not hinder the others.
   *
   * Refusals: `stream/unknown`, `stream/epoch-changed` (details.epoch), `op/replica-foreign`,
   * `op/counter-gap` (details.replica, details.expected), `op/unknown-base`, `op/invalid`.
   *
   * A retry of a stored op gets the seq it has had since, also when it was compacted. When its history was
   * truncated, it gets `truncatedSeq`: it is in, nobody knows where.
   * @throws FlowSyncError when the transaction failed or its end is unknown: then nothing of any batch is
   *   acknowledged, and a retry settles what became of it.
   */
  append(batches: readonly AppendBatch[]): Promise<readonly AppendOutcome[]>

  /**
   * Reads a bounded part of the log, across the floor too. Undefined when the stream does not exist.
   * @throws FlowSyncError `stream/truncated` when the range begins below `truncatedSeq`
   */
  read(range: ReadRange): Promise<LogSlice | undefined>

  /** The highest counter stored of each replica, 0 for none, in the order given. */
  countersOf(key: StreamKey, replicas: readonly ReplicaId[]): Promise<readonly number[]>

  /**
   * The seq of the stored op that begins at exactly this counter. Undefined when there is none, or when its replica
   * belongs to another subject.
   */
  findSeq(key: StreamKey, id: OpId, subject: string): Promise<number | undefined>

  /**
   * Keeps a snapshot, and drops those that `keptSnapshots` no longer wants, but never the last one at or
   * above the floor. Ignored when the stream is in another epoch by now, or when its seq is above the head.
   */
  putSnapshot(key: StreamKey, snapshot: Snapshot): Promise<void>

  /** The newest snapshot, or the newest with a seq at or below `atOrBelow`. */
  latestSnapshot(key: StreamKey, atOrBelow?: number): Promise<Snapshot | undefined>

  /** Streams of a workspace ordered by name (in UTF-8), those after `after`, at most `limit`. */
  listStreams(
    workspace: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StreamHead[]>

  /** Workspaces that hold a stream, ordered by name, those after `after`, at most `limit`. */
  listWorkspaces(page: { readonly after?: string; readonly limit: number }): Promise<readonly string[]>

  /** The replicas that ever appended to the stream, ordered by id, those after `after`, at most `limit`. */
  replicasOf(
    key: StreamKey,
    page: { readonly after?: ReplicaId; readonly limit: number },
  ): Promise<readonly StreamReplica[]>

  /**
   * Gives the stream another epoch and keeps its log: the database is older than what clients hold.
   * Nothing happens when the stream is not in `epoch` any more. Undefined when the stream does not exist.
   */
  renewEpoch(key: StreamKey, epoch: string): Promise<StreamHead | undefined>

  /**
   * Moves the oldest ops above the floor into one compressed segment and raises the floor, in one
   * transaction; at most `throughSeq`, and never above the newest snapshot. A bounded piece of work: call it
   * until `floorSeq` stops rising. Nothing happens when the stream is not in `epoch` any more.
   * What anybody reads stays the same. Undefined when the stream does not exist.
   */
  compact(key: StreamKey, epoch: string, throughSeq: number): Promise<StreamHead | undefined>

  /**
   * Forgets the whole log up to its head, where a snapshot must stand, and begins a new epoch: clients
   * resnapshot and carry over what they have not pushed. Counters and the subjects of replicas are kept.
   * Nothing happens unless the stream is in `epoch`, its head at `headSeq` and a snapshot stored there: then the
   * head is returned as it is, with the old epoch. Undefined when the stream does not exist.
   */
  truncate(key: StreamKey, epoch: string, headSeq: number): Promise<StreamHead | undefined>

  /**
   * Stores a part of an exported stream exactly as it was.
   * @throws FlowSyncError `stream/exists` when the first part finds the stream there already, or a later one
   *   does not fit behind what is stored
   */
  restore(part: StreamRestore): Promise<void>

  /** Waits for what is under way, then lets go of the store. Later calls fail with `storage/unavailable`. */
  close(): Promise<void>
}
