/** Measurements of which medians and tails are asked, such as latencies. */
export class Samples {
  private values = new Float64Array(1024)
  private count = 0

  get length(): number {
    return this.count
  }

  add(value: number): void {
    if (this.count === this.values.length) {
      const larger = new Float64Array(this.count * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.count++] = value
  }

  clear(): void {
    this.count = 0
  }

  /**
   * The value that so much of all is at or below (nearest rank).
   * @param part from 0 to 1
   * @throws RangeError when there is none
   */
  quantile(part: number): number {
    const sorted = this.values.slice(0, this.count).sort()
    const value = sorted[Math.max(0, Math.ceil(part * this.count) - 1)]
    if (value === undefined) throw new RangeError('A quantile of nothing.')
    return value
  }
}
