/** Rejects when nothing has moved for too long, so that a replay that hangs ends with a word about where. */
export class StallWatch {
  private readonly timer: ReturnType<typeof setInterval>
  private movedAtMs = performance.now()
  private last = ''
  /** Never resolves. */
  readonly stalled: Promise<never>

  /** @param progress what changes as long as there is any progress */
  constructor(limitMs: number, progress: () => string) {
    let stop!: (error: Error) => void
    this.stalled = new Promise((_, reject) => {
      stop = reject
    })
    // Nobody may be waiting for it at the moment it rejects.
    this.stalled.catch(() => undefined)
    this.timer = setInterval(
      () => {
        const now = progress()
        if (now !== this.last) {
          this.last = now
          this.movedAtMs = performance.now()
        } else if (performance.now() - this.movedAtMs > limitMs) {
          stop(new Error(`nothing has moved for ${limitMs / 1000} s: ${now}`))
        }
      },
      Math.min(500, limitMs / 4),
    )
  }

  end(): void {
    clearInterval(this.timer)
  }
}
