/** How much may pass, and how fast it comes back. */
export interface BucketRate {
  readonly perSecond: number
  /** What may pass at once after a pause. */
  readonly burst: number
}

/** A token bucket: amounts up to the burst pass at once, and on average no more than the rate. */
export class TokenBucket {
  private readonly rate: BucketRate
  private level: number
  private filledAtMs: number

  constructor(rate: BucketRate, nowMs: number) {
    this.rate = rate
    this.level = rate.burst
    this.filledAtMs = nowMs
  }

  /**
   * Takes `amount` and returns 0, or takes nothing and returns how many milliseconds to wait first.
   * An amount above the burst passes once the bucket is full, so that waiting always helps.
   */
  take(amount: number, nowMs: number): number {
    const { perSecond, burst } = this.rate
    // A clock that jumps back must not take away what is there.
    const elapsedMs = Math.max(0, nowMs - this.filledAtMs)
    this.level = Math.min(burst, this.level + (elapsedMs * perSecond) / 1000)
    this.filledAtMs = nowMs
    const missing = Math.min(amount, burst) - this.level
    if (missing > 0) return Math.ceil((missing * 1000) / perSecond)
    this.level -= amount
    return 0
  }
}
