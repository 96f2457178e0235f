import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import { createError, type System } from '@flowsync/protocol'
import type { ClientStorage, OutboxOwner, StorageHandle, StorageScope, StoredStream } from './driver.js'
import { memory } from './memory.js'
import { PendingTransaction, type UnsavedOp } from './transaction.js'

/** An op that wants to know when it is on disk. */
export interface JournalOp extends UnsavedOp {
  /** Called once: without an error when the op is durable, with one when it is kept in memory only. */
  onSaved(error?: FlowSyncError): void
}

/** How long a database may take to open; some browsers never answer at all. */
const OPEN_TIMEOUT_MS = 10_000

/**
 * Writes what streams change, one transaction at a time: whatever is staged while one is being written goes
 * into the next (group commit).
 *
 * A storage that fails is opened anew once. When that fails too, the journal goes on in memory: `error` says why, and
 * every op saved from then on is told so.
 */
export class Journal {
  private staged = new PendingTransaction<JournalOp>()
  private writing: Promise<void> | undefined
  private opening: Promise<StorageHandle> | undefined
  private failure: FlowSyncError | undefined
  private storage: ClientStorage
  private readonly scope: StorageScope
  private readonly system: System
  private readonly onFailure: () => void

  constructor(storage: ClientStorage, scope: StorageScope, system: System, onFailure: () => void) {
    this.storage = storage
    this.scope = scope
    this.system = system
    this.onFailure = onFailure
  }

  /** Why nothing is saved any more; undefined while all is well. */
  get error(): FlowSyncError | undefined {
    return this.failure
  }

  /** Changes the next transaction. It is written soon, together with all that is staged until then. */
  stage(): PendingTransaction<JournalOp> {
    void this.flush()
    return this.staged
  }

  /** Resolves once all that was staged is written, here or in memory. Never rejects. */
  flush(): Promise<void> {
    this.writing ??= this.writeAll()
    return this.writing
  }

  /** What is stored, with everything staged before. Never rejects: a storage that fails is empty. */
  async load(streams: readonly string[]): Promise<readonly StoredStream[]> {
    await this.flush()
    return this.attempt((handle) => handle.load(streams))
  }

  /** Who left ops in the outbox. */
  owners(): Promise<readonly OutboxOwner[]> {
    return this.attempt((handle) => handle.owners())
  }

  /** Resolves once all is written and the database is closed. Idempotent. */
  async close(): Promise<void> {
    await this.flush()
    await closeQuietly(this.forget())
  }

  private async writeAll(): Promise<void> {
    // Whatever the current tick still stages belongs to the same transaction.
    await Promise.resolve()
    while (!this.staged.isEmpty) {
      const transaction = this.staged
      this.staged = new PendingTransaction()
      const built = transaction.build()
      await this.attempt((handle) => handle.commit(built))
      for (const op of transaction.unsaved) op.onSaved(this.failure)
    }
    this.writing = undefined
  }

  private async attempt<T>(work: (handle: StorageHandle) => Promise<T>): Promise<T> {
    for (let failures = 0; ; failures++) {
      try {
        return await work(await this.open())
      } catch (cause) {
        void closeQuietly(this.forget())
        if (failures > 0) this.giveUp(toStorageError(cause))
      }
    }
  }

  private open(): Promise<StorageHandle> {
    this.opening ??= withTimeout(this.storage.open(this.scope), this.system)
    return this.opening
  }

  /** Lets go of the handle: a dead one would fail for ever. */
  private forget(): Promise<StorageHandle> | undefined {
    const opening = this.opening
    this.opening = undefined
    return opening
  }

  private giveUp(error: FlowSyncError): void {
    this.storage = memory()
    if (this.failure) return
    this.failure = error
    this.onFailure()
  }
}

async function closeQuietly(opening: Promise<StorageHandle> | undefined): Promise<void> {
  // Given up because it failed: that it cannot be closed either changes nothing.
  await opening?.then((handle) => handle.close()).catch(() => undefined)
}

function toStorageError(cause: unknown): FlowSyncError {
  if (isFlowSyncError(cause) && cause.code.startsWith('storage/')) return cause
  return createError('storage/unavailable', 'The local database failed; edits are kept in memory only.', { cause })
}

function withTimeout(opening: Promise<StorageHandle>, system: System): Promise<StorageHandle> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const cancel = system.setTimer(OPEN_TIMEOUT_MS, () => {
      isLate = true
      reject(createError('storage/unavailable', `The local database did not open within ${OPEN_TIMEOUT_MS} ms.`))
    })
    void opening.then((handle) => (isLate ? void handle.close() : resolve(handle)), reject).finally(cancel)
  })
}
