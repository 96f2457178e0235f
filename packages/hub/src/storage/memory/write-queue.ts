import type { FlowSyncError } from '@flowsync/crdt'
import type { System } from '@flowsync/protocol'

/** How writes of a {@link WriteQueue} go. */
export interface WriteOptions {
  readonly system: System
  /** How long a write waits before it is synced, and again before it is answered. */
  readonly delayMs?: () => number
  /** Asked before each write is synced: an error makes the write fail with it. */
  readonly fault?: () => FlowSyncError | undefined
  /** @throws FlowSyncError when nothing may be written any more */
  readonly check: () => void
}

/** Writes run one at a time; each is synced as a whole at one moment. */
export class WriteQueue {
  private readonly options: WriteOptions
  private lastWrite: Promise<unknown> = Promise.resolve()

  constructor(options: WriteOptions) {
    this.options = options
  }

  add<T>(transact: () => T): Promise<T> {
    const { check, fault } = this.options
    const result = this.lastWrite.then(async () => {
      await this.delay()
      check()
      const error = fault?.()
      if (error) throw error
      const value = transact()
      await this.delay()
      return value
    })
    this.lastWrite = result.catch(() => undefined)
    return result
  }

  async idle(): Promise<void> {
    await this.lastWrite
  }

  private delay(): Promise<void> | undefined {
    const { delayMs, system } = this.options
    if (!delayMs) return undefined
    return new Promise((resolve) => {
      system.setTimer(delayMs(), resolve)
    })
  }
}
