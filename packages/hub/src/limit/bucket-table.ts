import { BoundedMap } from '../storage/bounded-map.js'
import { type BucketRate, TokenBucket } from './token-bucket.js'

const MAX_BUCKETS = 20_000

/** A token bucket for each of many names. Those that were longest not asked for are forgotten, and begin full again. */
export class BucketTable {
  private readonly rate: BucketRate
  private readonly buckets = new BoundedMap<string, TokenBucket>(MAX_BUCKETS)

  constructor(rate: BucketRate) {
    this.rate = rate
  }

  /** Takes one from the bucket of a name and returns 0, or how many milliseconds to wait first. */
  take(name: string, nowMs: number): number {
    const known = this.buckets.get(name)
    if (known) return known.take(1, nowMs)
    const bucket = new TokenBucket(this.rate, nowMs)
    this.buckets.set(name, bucket)
    this.buckets.trim()
    return bucket.take(1, nowMs)
  }
}
