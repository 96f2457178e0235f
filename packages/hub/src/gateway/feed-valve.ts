/** What happens when a feed is cut and when it begins again. */
export interface FeedValveEvents {
  /** Too much waits: nothing of the feed may be added. */
  onShut(): void
  /** What waited has left. */
  onOpen(): void
}

/** What made the unread bytes change. */
export type UnreadChange = 'fed' | 'answered' | 'read'

/** It opens again when so little is left: not at the limit, where it would flutter. */
const OPEN_SHARE = 1 / 4

/**
 * Decides whether a connection gets the live feed, by how much waits unread for it. A reader that is too slow
 * for the feed costs the hub `limitBytes` and no more: it is cut, and pulls at its own pace once it has read
 * what was sent. An answer of its own, however large, does not cut it by itself; it holds up the next one.
 */
export class FeedValve {
  private readonly limitBytes: number
  private readonly events: FeedValveEvents
  private unreadBytes = 0
  private isShut = false
  private waiting: (() => void)[] = []

  constructor(limitBytes: number, events: FeedValveEvents) {
    this.limitBytes = limitBytes
    this.events = events
  }

  /** True while the feed may come. */
  get isOpen(): boolean {
    return !this.isShut
  }

  /** Notes how much waits now. */
  note(unreadBytes: number, change: UnreadChange): void {
    this.unreadBytes = unreadBytes
    if (this.isShut) {
      if (unreadBytes > this.limitBytes * OPEN_SHARE) return
      this.isShut = false
      this.events.onOpen()
    } else if (change === 'fed' && unreadBytes > this.limitBytes) {
      this.isShut = true
      this.events.onShut()
    }
    if (!this.isFull) this.release()
  }

  /** Resolves as soon as another answer may be added, or when it is disposed of. */
  async mayAnswer(): Promise<void> {
    while (this.isFull) await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  /** Nobody waits any longer. */
  dispose(): void {
    this.isShut = false
    this.unreadBytes = 0
    this.release()
  }

  private get isFull(): boolean {
    return this.isShut || this.unreadBytes > this.limitBytes
  }

  private release(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}
