import type { ClientSnapshot } from './client-types.js'
import { clientClosed } from './errors.js'
import { Listeners, type Emitter, type Notifier } from './observable.js'
import { createDeferred, type Deferred } from './deferred.js'

/** Where a client's status comes from. */
export interface StatusSource {
  /** What there is to show now; need not be the same reference. */
  readonly read: () => ClientSnapshot
  /** Whether everything is caught up with and acknowledged. */
  readonly isSynced: () => boolean
  readonly isClosed: () => boolean
}

/** A client's snapshot, who listens to it, and who waits for it to be in sync. */
export class ClientStatus implements Emitter {
  private readonly source: StatusSource
  private readonly notifier: Notifier
  private readonly listeners = new Listeners()
  private snapshot: ClientSnapshot | undefined
  private emitted: ClientSnapshot | undefined
  private waiters: Deferred<void>[] = []

  constructor(source: StatusSource, notifier: Notifier) {
    this.source = source
    this.notifier = notifier
  }

  getSnapshot(): ClientSnapshot {
    const next = this.source.read()
    if (this.snapshot && isSame(this.snapshot, next)) return this.snapshot
    this.snapshot = Object.freeze(next)
    return this.snapshot
  }

  subscribe(listener: () => void): () => void {
    return this.listeners.add(listener)
  }

  /** Something visible may have changed; listeners are told within a frame. */
  touch(): void {
    this.settle()
    this.notifier.soon(this)
  }

  emit(): void {
    const snapshot = this.getSnapshot()
    if (snapshot === this.emitted) return
    this.emitted = snapshot
    this.listeners.emit()
  }

  whenSynced(): Promise<void> {
    const waiter = createDeferred<void>()
    waiter.promise.catch(() => undefined)
    this.waiters.push(waiter)
    this.settle()
    return waiter.promise
  }

  private settle(): void {
    if (this.waiters.length === 0) return
    const isSynced = this.source.isSynced()
    if (!isSynced && !this.source.isClosed()) return
    const { waiters } = this
    this.waiters = []
    for (const { resolve, reject } of waiters) {
      if (isSynced) resolve()
      else reject(clientClosed())
    }
  }
}

function isSame(a: ClientSnapshot, b: ClientSnapshot): boolean {
  return (
    a.state === b.state &&
    a.pendingCount === b.pendingCount &&
    a.storage.health === b.storage.health &&
    a.error === b.error
  )
}
