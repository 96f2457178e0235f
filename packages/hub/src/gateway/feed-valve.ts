/** What happens when a feed is cut and when it begins again. */
export interface FeedValveEvents {
  /** Too much waits: nothing of the feed may be added. */
  readonly onShut: () => void
  /** What waited has left. */
  readonly onOpen: () => void
}

/** It opens again when so little is left: not at the limit, where it would flutter. */
const OPEN_SHARE = 1 / 4

/**
 * Decides whether a connection gets the live feed, by how much waits unread for it. A reader that is too slow
 * for the feed costs the hub `limitBytes` and no more: it is cut, and pulls at its own pace once it has read
 * what was sent.
 */
export class FeedValve {
  private readonly limitBytes: number
  private readonly events: FeedValveEvents
  private isShut = false
  private waiting: (() => void)[] = []

  constructor(limitBytes: number, events: FeedValveEvents) {
    this.limitBytes = limitBytes
    this.events = events
  }

  get isOpen(): boolean {
    return !this.isShut
  }

  /** Notes how much waits now. */
  note(unreadBytes: number): void {
    if (this.isShut) {
      if (unreadBytes > this.limitBytes * OPEN_SHARE) return
      this.isShut = false
      this.events.onOpen()
      this.release()
    } else if (unreadBytes > this.limitBytes) {
      this.isShut = true
      this.events.onShut()
    }
  }

  /** Resolves as soon as it is open, or disposed of. */
  async opened(): Promise<void> {
    while (this.isShut) await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  /** Nobody waits any longer. */
  dispose(): void {
    this.isShut = false
    this.release()
  }

  private release(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }
}
