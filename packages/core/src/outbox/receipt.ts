import type { FlowSyncError } from '@flowsync/crdt'
import { createDeferred, type Deferred } from '../deferred.js'

/** Where the hub put an edit. */
export interface Acknowledgement {
  /**
   * Its place in the stream, or a later seq when the client learned from a snapshot that it is in; for an edit that changed
   * nothing, the last place known when it was made.
   */
  readonly seq: number
}

/**
 * What becomes of one edit.
 *
 * Both promises may be left unobserved: their rejection is never an unhandled one. They reject with a
 * `FlowSyncError`.
 */
export interface Receipt {
  /** Names the edit within this client. */
  readonly id: string
  /** Resolves once the edit is on this device's disk; rejects with a `storage/` code when it will not be. */
  readonly saved: Promise<void>
  /** Resolves once the edit is durable on the hub; rejects when the hub refused it and it was taken back. */
  readonly acked: Promise<Acknowledgement>
}

/** A receipt with the means to settle it. Settling twice is without effect. */
export interface ReceiptControl extends Receipt {
  /** The edit is on disk, or will not be. */
  save(error?: FlowSyncError): void
  acknowledge(seq: number): void
  /** Nobody will learn whether the hub took it. */
  abandon(error: FlowSyncError): void
  /** The edit was taken back: whatever is open is rejected. */
  reject(error: FlowSyncError): void
}

/** A result that becomes a promise only when somebody asks: most edits are never waited for. */
class Outcome<T> {
  private isSettled = false
  private value: T | undefined
  private error: FlowSyncError | undefined
  private waiter: Deferred<T> | undefined

  settle(value: T | undefined, error?: FlowSyncError): void {
    if (this.isSettled) return
    this.isSettled = true
    this.value = value
    this.error = error
    if (this.waiter) this.tell(this.waiter)
  }

  get promise(): Promise<T> {
    if (!this.waiter) {
      this.waiter = createDeferred<T>()
      // A rejection that nobody handles must not end a Node process.
      this.waiter.promise.catch(() => undefined)
      if (this.isSettled) this.tell(this.waiter)
    }
    return this.waiter.promise
  }

  private tell({ resolve, reject }: Deferred<T>): void {
    if (this.error) reject(this.error)
    else resolve(this.value as T)
  }
}

class OpenReceipt implements ReceiptControl {
  readonly id: string
  private readonly saving = new Outcome<void>()
  private readonly acking = new Outcome<Acknowledgement>()

  constructor(id: string) {
    this.id = id
  }

  get saved(): Promise<void> {
    return this.saving.promise
  }

  get acked(): Promise<Acknowledgement> {
    return this.acking.promise
  }

  save(error?: FlowSyncError): void {
    this.saving.settle(undefined, error)
  }

  acknowledge(seq: number): void {
    this.acking.settle({ seq })
  }

  abandon(error: FlowSyncError): void {
    this.acking.settle(undefined, error)
  }

  reject(error: FlowSyncError): void {
    this.saving.settle(undefined, error)
    this.abandon(error)
  }
}

/** A receipt that is open. */
export function createReceipt(id: string): ReceiptControl {
  return new OpenReceipt(id)
}
