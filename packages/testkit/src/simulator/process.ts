import type { System } from '@flowsync/protocol'
import type { Random } from './random.js'
import type { Scheduler } from './scheduler.js'

/** Virtual time 0 as a date: 2026-01-01T00:00:00Z. */
export const EPOCH_MS = 1_767_225_600_000

/**
 * One process of the simulation: it lives on the virtual clock until it is killed, and what a dead process still
 * holds (timers, promises, handlers) does nothing any more.
 */
export class Process {
  readonly name: string
  /** What the code in it gets for time, chance and timers. */
  readonly system: System
  /** How far its clock is from the true one. */
  clockOffsetMs: number
  private readonly scheduler: Scheduler
  private alive = true

  constructor(name: string, scheduler: Scheduler, random: Random, clockOffsetMs = 0) {
    this.name = name
    this.scheduler = scheduler
    this.clockOffsetMs = clockOffsetMs
    this.system = {
      nowMs: () => Math.floor(EPOCH_MS + this.scheduler.nowMs + this.clockOffsetMs),
      random: () => random.next(),
      randomBytes: (length) => random.bytes(length),
      setTimer: (delayMs, fn) => this.schedule(delayMs, 'timer', fn),
    }
  }

  get isAlive(): boolean {
    return this.alive
  }

  /** Ends the process at once, as SIGKILL does. */
  kill(): void {
    this.alive = false
  }

  /** Runs `fn` unless the process is dead. */
  run(fn: () => void): void {
    if (this.alive) fn()
  }

  /** Like {@link Scheduler.schedule}, for something that dies with the process. */
  schedule(delayMs: number, label: string, fn: () => void): () => void {
    if (!this.alive) return () => undefined
    return this.scheduler.schedule(delayMs, `${this.name} ${label}`, () => this.run(fn))
  }

  /** Settles after virtual time, or never when the process dies before. */
  delay(delayMs: number, label: string): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(delayMs, label, resolve)
    })
  }
}
