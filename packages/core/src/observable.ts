import type { System } from '@flowsync/protocol'

/** Somebody whose listeners want to know. */
export interface Emitter {
  emit(): void
}

/** Listeners, each called once per `emit` in the order they came. The same function may listen twice. */
export class Listeners<Arguments extends readonly unknown[] = []> {
  private readonly entries = new Map<symbol, (...args: Arguments) => void>()

  get size(): number {
    return this.entries.size
  }

  /** Returns the function that ends it; calling that twice is fine. */
  add(listener: (...args: Arguments) => void): () => void {
    const key = Symbol()
    this.entries.set(key, listener)
    return () => void this.entries.delete(key)
  }

  emit(...args: Arguments): void {
    for (const listener of [...this.entries.values()]) {
      try {
        listener(...args)
      } catch (error) {
        // One listener's bug is reported as uncaught and must not keep others, or the sync itself, from going on.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}

/** The length of a frame on most displays. */
const FRAME_MS = 16

/**
 * Tells emitters of remote changes at most once a frame: the first change at once, those that follow together. A
 * thousand remote edits cause one rendering.
 */
export class Notifier {
  private readonly dirty = new Set<Emitter>()
  private readonly system: System
  private flushedMs = -Infinity
  private isScheduled = false
  private cancel: (() => void) | undefined

  constructor(system: System) {
    this.system = system
  }

  /** Something of `emitter` changed that its listeners can wait for. */
  soon(emitter: Emitter): void {
    this.dirty.add(emitter)
    if (this.isScheduled) return
    this.isScheduled = true
    const sinceMs = this.system.nowMs() - this.flushedMs
    // A clock that jumped back must not silence anybody for longer than a frame.
    if (sinceMs >= FRAME_MS || sinceMs < 0) queueMicrotask(() => this.flush())
    else this.cancel = this.system.setTimer(FRAME_MS - sinceMs, () => this.flush())
  }

  /** Something changed by the hand of the user: a controlled input cannot wait. */
  now(emitter: Emitter): void {
    this.dirty.delete(emitter)
    emitter.emit()
  }

  /** Tells everybody who still waits. */
  flush(): void {
    this.cancel?.()
    this.cancel = undefined
    this.isScheduled = false
    if (this.dirty.size === 0) return
    this.flushedMs = this.system.nowMs()
    const emitters = [...this.dirty]
    this.dirty.clear()
    for (const emitter of emitters) emitter.emit()
  }
}
