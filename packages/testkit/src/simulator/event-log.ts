import { createHash, type Hash } from 'node:crypto'

/**
 * What happened in a run, line by line: the last lines as text, all of them as one hash.
 * Two runs of one seed must give the same hash; it is the proof that nothing outside the seed had a say.
 */
export class EventLog {
  private readonly hash: Hash = createHash('sha256')
  private readonly lines: string[] = []
  private readonly keep: number
  private readonly nowMs: () => number
  private written = 0

  /** @param keep how many of the last lines stay readable */
  constructor(nowMs: () => number, keep = 400) {
    this.nowMs = nowMs
    this.keep = keep
  }

  write(actor: string, text: string): void {
    const line = `${this.nowMs().toFixed(3).padStart(10)}  ${actor.padEnd(8)} ${text}`
    this.hash.update(line).update('\n')
    this.lines.push(line)
    this.written++
    if (this.lines.length >= 2 * this.keep) this.lines.splice(0, this.lines.length - this.keep)
  }

  /** How many lines were written in all. */
  get count(): number {
    return this.written
  }

  /** The last lines, oldest first. */
  tail(count = this.keep): readonly string[] {
    return this.lines.slice(-Math.min(count, this.keep))
  }

  /** SHA-256 over all lines so far, in hex. */
  digest(): string {
    return this.hash.copy().digest('hex')
  }
}
