import type { Op, ReplicaId, SequencedOp } from '@flowsync/crdt'

/** Whose data a storage holds: one database each, so that nobody is shown another's. */
export interface StorageScope {
  readonly workspace: string
  /** The authenticated user; empty for a storage that keeps nothing. */
  readonly subject: string
}

/** A folded state and the seq up to which it folds. */
export interface Checkpoint {
  readonly seq: number
  readonly state: Uint8Array
}

/** Ops of one replica, made locally and not yet in the stream's stored tail. */
export interface OutboxEntry {
  readonly stream: string
  /** The client instance that saved them, by its first replica id; another may push them once that one is dead. */
  readonly owner: ReplicaId
  /** Place among all outbox entries of the database, ascending with time of making. */
  readonly order: number
  /** Of one replica, in counter order. */
  readonly ops: readonly Op[]
}

/** All that is stored of one stream. */
export interface StoredStream {
  readonly stream: string
  /** Empty when the hub never answered for the stream. */
  readonly epoch: string
  readonly checkpoint?: Checkpoint
  /** Ops after the checkpoint in seq order, without a gap: what lies behind a gap is left out. */
  readonly tail: readonly SequencedOp[]
  /** In `order`. */
  readonly outbox: readonly OutboxEntry[]
}

/** What changes for one stream. */
export interface StreamWrite {
  readonly stream: string
  readonly epoch: string
  /**
   * True: forget checkpoint and tail and take these instead. Otherwise the write is without effect when
   * the stored epoch is another one: a second tab was faster.
   */
  readonly replace: boolean
  /**
   * Ignored, unless `replace`, when the stored one is newer, or when an outbox entry of the stream has an op made on
   * a lower seq: such an op could not be folded on top of it. Trims the tail up to its seq.
   */
  readonly checkpoint?: Checkpoint
  /** Contiguous. Writing a seq again is without effect, so that two tabs may share a database. */
  readonly tail: readonly SequencedOp[]
}

/** Removes the ops of `replica` up to `through` from the outbox of `stream`. */
export interface OutboxRemoval {
  readonly stream: string
  readonly replica: ReplicaId
  readonly through: number
}

/** Changes that are stored together or not at all. Removals apply before additions. */
export interface StorageTransaction {
  readonly streams: readonly StreamWrite[]
  readonly remove: readonly OutboxRemoval[]
  /** Their `order` is above every order in the database when the storage opened. */
  readonly add: readonly OutboxEntry[]
}

/** Which client instance left unsent ops of which stream. */
export interface OutboxOwner {
  readonly owner: ReplicaId
  readonly stream: string
  /** The highest order among them. */
  readonly lastOrder: number
}

/** An open storage. Its methods reject with a `FlowSyncError` of area `storage`. */
export interface StorageHandle {
  /** One answer per name, in the order asked; a stream never stored comes back empty. */
  load(streams: readonly string[]): Promise<readonly StoredStream[]>
  /** Every (owner, stream) that has outbox entries. */
  owners(): Promise<readonly OutboxOwner[]>
  /** Resolves once the transaction is durable; when it rejects, nothing of it was stored. */
  commit(transaction: StorageTransaction): Promise<void>
  /** Resolves once nothing more is written. Idempotent. */
  close(): Promise<void>
}

/**
 * Where a client keeps what must survive: a small log per stream and the outbox.
 *
 * The cursor of a stream is the end of its stored tail, so it can never be ahead of the ops it covers.
 */
export interface ClientStorage {
  /** Such as `memory` or `indexeddb`, for status displays. */
  readonly kind: string
  /** False when nothing outlives the process. */
  readonly isPersistent: boolean
  /** @throws FlowSyncError `storage/unavailable`, `storage/blocked`, `storage/quota` or `storage/corrupt`. */
  /**
   * @param onWiped called when another client has wiped the user's data: nothing more can be stored through the handle, and
   *   its methods reject with `storage/wiped`
   */
  open(scope: StorageScope, onWiped?: () => void): Promise<StorageHandle>
  /**
   * Erases everything of a user in a workspace; other users and workspaces keep theirs. Handles that are open for it are told.
   * Resolves once it is gone, which may take as long as another tab does not let go of it.
   * @throws FlowSyncError `storage/unavailable`
   */
  wipe(scope: StorageScope): Promise<void>
}
