import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import { createError, nextDelayMs, type System } from '@flowsync/protocol'
import type { ClientStorage, OutboxOwner, StorageHandle, StorageScope, StoredStream } from './driver.js'
import { PendingTransaction, type UnsavedOp } from './transaction.js'
import { wiped } from './wiped.js'

/** An op that wants to know when it is on disk. */
export interface JournalOp extends UnsavedOp {
  /** Called without an error when the op is durable; before that perhaps once with the error that kept it in memory. */
  onSaved(error?: FlowSyncError): void
}

/** Who is told of what happens to the storage. */
export interface JournalListener {
  /** `error` has changed. */
  readonly onHealth: () => void
  /** Another client has wiped the user's data. */
  readonly onWiped: () => void
}

/** How long a database may take to open; some browsers never answer at all. */
const OPEN_TIMEOUT_MS = 10_000
/** How long to wait before a failed storage is tried again. */
const RETRY = { baseMs: 2_000, capMs: 30_000 }

/**
 * Writes what streams change, one transaction at a time: whatever is staged while one is being written goes
 * into the next (group commit).
 *
 * A storage that fails is opened anew once. When that fails too, `error` says why, what is to be written is kept in
 * memory, every op is told that it is not saved, and the storage is tried again from time to time: once it
 * works, everything is written and all is well again.
 */
export class Journal {
  private staged = new PendingTransaction<JournalOp>()
  private writing: Promise<void> | undefined
  private opening: Promise<StorageHandle> | undefined
  private failure: FlowSyncError | undefined
  private failures = 0
  private isRetryDue = false
  /** It could not even be opened: until the next retry nobody waits for it. */
  private isShut = false
  private cancelRetry: () => void = () => undefined
  private readonly told = new WeakSet<JournalOp>()
  private readonly storage: ClientStorage
  private readonly scope: StorageScope
  private readonly system: System
  private readonly listener: JournalListener
  /** The user's data was wiped: nothing may be written back. */
  private isDiscarded = false

  constructor(storage: ClientStorage, scope: StorageScope, system: System, listener: JournalListener) {
    this.storage = storage
    this.scope = scope
    this.system = system
    this.listener = listener
  }

  /** Why nothing is saved at present; undefined while all is well. */
  get error(): FlowSyncError | undefined {
    return this.failure
  }

  /** True when nothing waits to be written. */
  get isIdle(): boolean {
    return !this.writing && this.staged.isEmpty
  }

  /** Changes the next transaction. It is written soon, together with all that is staged until then. */
  stage(): PendingTransaction<JournalOp> {
    void this.flush()
    return this.staged
  }

  /** Resolves once all that was staged is written, or known to be kept in memory. Never rejects. */
  flush(): Promise<void> {
    this.writing ??= this.writeAll()
    return this.writing
  }

  /** What is stored, with everything staged before. Never rejects: of a storage that cannot be read nothing is known. */
  async load(streams: readonly string[]): Promise<readonly StoredStream[]> {
    await this.flush()
    const loaded = await this.attempt((handle) => handle.load(streams))
    if (loaded) return loaded
    if (streams.length <= 1) return streams.map((stream) => ({ stream, epoch: '', tail: [], outbox: [] }))
    // What is damaged of one stream must not hide the others. One by one: each failure costs the handle.
    const singly: StoredStream[] = []
    for (const stream of streams) singly.push(...(await this.load([stream])))
    return singly
  }

  /** Who left ops in the outbox. Never rejects. */
  async owners(): Promise<readonly OutboxOwner[]> {
    return (await this.attempt((handle) => handle.owners())) ?? []
  }

  /** Writes nothing more; what is not on disk is given up. The user's data was wiped, or is about to be. */
  discard(): void {
    this.isDiscarded = true
    this.cancelRetry()
    const { staged } = this
    this.staged = new PendingTransaction()
    for (const op of staged.unsaved) op.onSaved(wiped())
  }

  /** Resolves once all is written, as far as that is possible, and the database is closed. Idempotent. */
  async close(): Promise<void> {
    await this.flush()
    this.cancelRetry()
    if (this.failure && !this.isShut && !this.staged.isEmpty) await this.retry()
    this.cancelRetry()
    await closeQuietly(this.forget())
  }

  private async writeAll(): Promise<void> {
    // Whatever the current tick still stages belongs to the same transaction.
    await Promise.resolve()
    while (!this.isDiscarded && (this.isRetryDue || (!this.failure && !this.staged.isEmpty))) {
      this.isRetryDue = this.isShut = false
      const transaction = this.staged
      this.staged = new PendingTransaction()
      const built = transaction.build()
      const isStored = await this.attempt((handle) => handle.commit(built).then(() => true))
      if (isStored) {
        this.recover()
        for (const op of transaction.unsaved) op.onSaved()
      } else {
        transaction.merge(this.staged)
        this.staged = transaction
        if (this.isDiscarded) this.discard()
      }
    }
    this.tellUnsaved()
    this.writing = undefined
  }

  /** Ops that are kept in memory learn it once. */
  private tellUnsaved(): void {
    if (!this.failure) return
    for (const op of this.staged.unsaved) {
      if (this.told.has(op)) continue
      this.told.add(op)
      op.onSaved(this.failure)
    }
  }

  private retry(): Promise<void> {
    this.isRetryDue = true
    return this.flush()
  }

  /** Tries with the present handle, then with a fresh one. Undefined when both failed. */
  private async attempt<T>(work: (handle: StorageHandle) => Promise<T>): Promise<T | undefined> {
    for (let isLast = false; !this.isShut && !this.isDiscarded; isLast = true) {
      let wasOpen = false
      try {
        const handle = await this.open()
        wasOpen = true
        return await work(handle)
      } catch (cause) {
        // A dead handle would fail for ever.
        void closeQuietly(this.forget())
        if (isWiped(cause)) {
          // A fresh handle would be of a new database, and what is staged would be written back to it.
          this.discard()
          this.listener.onWiped()
        }
        if (this.isDiscarded) return undefined
        if (!isLast) continue
        this.isShut = !wasOpen
        this.fail(toStorageError(cause))
        return undefined
      }
    }
    return undefined
  }

  private open(): Promise<StorageHandle> {
    this.opening ??= withTimeout(
      this.storage.open(this.scope, () => this.listener.onWiped()),
      this.system,
    )
    return this.opening
  }

  private forget(): Promise<StorageHandle> | undefined {
    const { opening } = this
    this.opening = undefined
    return opening
  }

  private fail(error: FlowSyncError): void {
    const { system } = this
    this.failure = error
    this.cancelRetry()
    const delayMs = RETRY.baseMs / 2 + nextDelayMs(this.failures++, system.random(), RETRY)
    this.cancelRetry = system.setTimer(delayMs, () => void this.retry())
    this.listener.onHealth()
  }

  private recover(): void {
    if (!this.failure) return
    this.failure = undefined
    this.failures = 0
    this.cancelRetry()
    this.listener.onHealth()
  }
}

async function closeQuietly(opening: Promise<StorageHandle> | undefined): Promise<void> {
  // Given up because it failed: that it cannot be closed either changes nothing.
  await opening?.then((handle) => handle.close()).catch(() => undefined)
}

function isWiped(cause: unknown): boolean {
  return isFlowSyncError(cause) && cause.code === 'storage/wiped'
}

function toStorageError(cause: unknown): FlowSyncError {
  if (isFlowSyncError(cause) && cause.code.startsWith('storage/')) return cause
  return createError('storage/unavailable', 'The local database failed; edits are kept in memory only.', {
    cause,
  })
}

function withTimeout(opening: Promise<StorageHandle>, system: System): Promise<StorageHandle> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const cancel = system.setTimer(OPEN_TIMEOUT_MS, () => {
      isLate = true
      reject(
        createError('storage/unavailable', `The local database did not open within ${OPEN_TIMEOUT_MS} ms.`),
      )
    })
    void opening.then((handle) => (isLate ? void handle.close() : resolve(handle)), reject).finally(cancel)
  })
}
