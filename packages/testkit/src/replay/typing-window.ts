/** Keeps a typist from running away: how many edits may be waiting for the hub's acknowledgement at once. */
export class TypingWindow {
  private readonly limit: number
  private waiting = 0
  private wake: (() => void) | undefined

  constructor(limit: number) {
    this.limit = limit
  }

  /** Edits that are not acknowledged. */
  get size(): number {
    return this.waiting
  }

  enter(): void {
    this.waiting++
  }

  leave(): void {
    this.waiting--
    if (this.waiting < this.limit) this.release()
  }

  /** Lets a waiting typist go on whatever is waiting: it has gone offline, or the run ends. */
  release(): void {
    this.wake?.()
    this.wake = undefined
  }

  /** Resolves as soon as there is room. */
  async room(): Promise<void> {
    if (this.waiting < this.limit) return
    await new Promise<void>((resolve) => {
      this.wake = resolve
    })
  }
}
