import type { System } from '@flowsync/protocol'

interface Timer {
  readonly atMs: number
  readonly fn: () => void
}

/** Lets everything run that needs no time to pass. */
export async function settle(turns = 200): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve()
}

/** A clock that moves when told, numbered random bytes, timers that can be counted. */
export class VirtualSystem implements System {
  private readonly timers = new Set<Timer>()
  private timeMs = 1_800_000_000_000
  private drawn = 0
  /** What `random` answers. */
  chance = 0.5

  nowMs = (): number => this.timeMs
  random = (): number => this.chance

  randomBytes = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length)
    new DataView(bytes.buffer).setUint32(length - 4, ++this.drawn)
    return bytes
  }

  setTimer = (delayMs: number, fn: () => void): (() => void) => {
    const timer = { atMs: this.timeMs + delayMs, fn }
    this.timers.add(timer)
    return () => void this.timers.delete(timer)
  }

  get timerCount(): number {
    return this.timers.size
  }

  /** Moves the clock, firing timers in order and letting what they start run. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.timeMs + ms
    await settle()
    for (;;) {
      const due = [...this.timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (!due) break
      this.timers.delete(due)
      this.timeMs = Math.max(this.timeMs, due.atMs)
      due.fn()
      await settle()
    }
    this.timeMs = untilMs
  }
}
