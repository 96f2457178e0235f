import type { Latency } from './pipe.js'
import type { Process } from './process.js'
import type { Random } from './random.js'

/**
 * A disk as one process sees it: one thing at a time, in order, each durable after its latency and reported a moment
 * later. What has not reached the platter when the process dies is lost; what has, but was not reported yet, stays.
 */
export class DiskQueue {
  private readonly process: Process
  private readonly random: Random
  private readonly nowMs: () => number
  private writtenMs = 0
  private reportedMs = 0
  latency: Latency

  constructor(options: { process: Process; random: Random; latency: Latency; nowMs: () => number }) {
    this.process = options.process
    this.random = options.random
    this.latency = options.latency
    this.nowMs = options.nowMs
  }

  /**
   * Runs `act`, which changes or reads the durable image at once, when its turn has come.
   * The promise never settles when the process dies before.
   */
  async run<T>(label: string, act: () => Promise<T>): Promise<T> {
    const { lowMs, highMs } = this.latency
    const now = this.nowMs()
    this.writtenMs = Math.max(this.writtenMs, now + lowMs + this.random.next() * (highMs - lowMs))
    await this.process.delay(this.writtenMs - now, label)
    const outcome = await settled(act())

    const done = this.nowMs()
    this.reportedMs = Math.max(this.reportedMs, done + this.random.next())
    await this.process.delay(this.reportedMs - done, `${label} done`)
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }
}

async function settled<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await promise }
  } catch (error) {
    return { error }
  }
}
