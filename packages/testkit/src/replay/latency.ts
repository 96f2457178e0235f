/** Collects latencies and tells their percentiles. */
export class LatencyRecorder {
  private samples = new Float64Array(1024)
  private count = 0

  add(milliseconds: number): void {
    if (this.count === this.samples.length) {
      const grown = new Float64Array(this.samples.length * 2)
      grown.set(this.samples)
      this.samples = grown
    }
    this.samples[this.count++] = milliseconds
  }

  /** The value that `share` of all samples do not exceed (nearest rank), in ms rounded to 0.01; 0 without samples. */
  percentile(share: number): number {
    const sorted = this.samples.slice(0, this.count).sort()
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
    return Math.round(value * 100) / 100
  }
}
