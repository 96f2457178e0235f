type Cells = Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

const FIRST_CELLS = 8

/** A growing column of numbers in a typed array: a few bytes an op where objects would take a hundred. */
export class Column {
  private cells: Cells
  private count = 0

  /** @param kind `int32` for what is bounded by the text, `safe` for integers up to 2^53 - 1 */
  constructor(kind: 'int32' | 'safe') {
    this.cells = kind === 'int32' ? new Int32Array(FIRST_CELLS) : new Float64Array(FIRST_CELLS)
  }

  get length(): number {
    return this.count
  }

  push(value: number): void {
    if (this.count === this.cells.length) this.grow()
    this.cells[this.count++] = value
  }

  private grow(): void {
    const size = this.count * 2
    const grown = this.cells instanceof Int32Array ? new Int32Array(size) : new Float64Array(size)
    grown.set(this.cells)
    this.cells = grown
  }

  /** @param index below `length` */
  at(index: number): number {
    return this.cells[index] as number
  }

  set(index: number, value: number): void {
    this.cells[index] = value
  }

  /** Forgets all cells but the first ones. */
  truncate(length: number): void {
    this.count = length
  }

  /**
   * The last cell at or below a value, for columns that ascend, beginning at or below the value.
   */
  lastUpTo(value: number): number {
    const { cells } = this
    let low = 0
    let high = this.count
    // What is looked for is nearly always new.
    if (high > 0 && (cells[high - 1] as number) <= value) return high - 1
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((cells[middle] as number) <= value) low = middle
      else high = middle
    }
    return low
  }
}
