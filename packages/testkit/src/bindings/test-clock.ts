import type { System } from '@flowsync/protocol'

interface Timer {
  readonly atMs: number
  readonly run: () => void
}

/** A clock that moves only when told, with timers that can be counted. */
export class TestClock {
  private readonly timers = new Set<Timer>()
  private timeMs = 1_700_000_000_000
  private drawn = 0

  /** The clock as the code under test sees it. Random bytes are all different and the same in every run. */
  readonly system: System = {
    nowMs: () => this.timeMs,
    random: () => 0.5,
    randomBytes: (length) => {
      this.drawn++
      const bytes = new Uint8Array(length)
      new DataView(bytes.buffer).setUint32(length - 4, this.drawn)
      return bytes
    },
    setTimer: (delayMs, run) => {
      const timer: Timer = { atMs: this.timeMs + delayMs, run }
      this.timers.add(timer)
      return () => void this.timers.delete(timer)
    },
  }

  /** How many timers wait to fire. */
  get timerCount(): number {
    return this.timers.size
  }

  /** How long until the next timer fires; Infinity when none waits. */
  get idleMs(): number {
    return Math.max(0, Math.min(...[...this.timers].map(({ atMs }) => atMs)) - this.timeMs)
  }

  /** Moves the clock and fires what is due, in order of time. */
  advance(ms: number): void {
    const untilMs = this.timeMs + ms
    for (let next = this.nextBy(untilMs); next !== undefined; next = this.nextBy(untilMs)) {
      this.timers.delete(next)
      this.timeMs = Math.max(this.timeMs, next.atMs)
      next.run()
    }
    this.timeMs = untilMs
  }

  private nextBy(untilMs: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.timers) {
      if (timer.atMs <= untilMs && (next === undefined || timer.atMs < next.atMs)) next = timer
    }
    return next
  }
}
