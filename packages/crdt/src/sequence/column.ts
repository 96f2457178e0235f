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
    const size = this.count + (this.count >> 1)
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
}
