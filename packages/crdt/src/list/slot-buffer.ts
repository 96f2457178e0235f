import type { Handle } from './run-index.js'

const FIRST_SLOTS = 16

/** Slots in their order, with a gap where the last change was, so that appending and typing move nothing. */
export class SlotBuffer {
  private cells: Int32Array<ArrayBuffer> = new Int32Array(FIRST_SLOTS)
  private gapStart = 0
  private gapEnd = FIRST_SLOTS

  get length(): number {
    return this.cells.length - (this.gapEnd - this.gapStart)
  }

  /** @param position below `length` */
  at(position: number): Handle {
    return this.cells[position < this.gapStart ? position : position - this.gapStart + this.gapEnd] as Handle
  }

  remove(position: number, count: number): void {
    this.moveGap(position)
    this.gapEnd += count
  }

  /** Inserts the handles from `first` on. */
  insert(position: number, first: Handle, count: number): void {
    this.moveGap(position)
    if (count > this.gapEnd - this.gapStart) this.widenGap(count)
    for (let index = 0; index < count; index++) this.cells[this.gapStart++] = first + index
  }

  private moveGap(position: number): void {
    const shift = this.gapStart - position
    if (shift > 0) this.cells.copyWithin(this.gapEnd - shift, position, this.gapStart)
    else if (shift < 0) this.cells.copyWithin(this.gapStart, this.gapEnd, this.gapEnd - shift)
    this.gapStart -= shift
    this.gapEnd -= shift
  }

  private widenGap(needed: number): void {
    const { length } = this
    const grown = new Int32Array(length + needed + FIRST_SLOTS + (length >> 1))
    const tail = this.cells.subarray(this.gapEnd)
    grown.set(this.cells.subarray(0, this.gapStart))
    grown.set(tail, grown.length - tail.length)
    this.cells = grown
    this.gapEnd = grown.length - tail.length
  }

  /** Where a slot is; undefined when it is gone. @param hint where it may be: near it is found fast */
  find(slot: Handle, hint: number): number | undefined {
    const { length } = this
    let below = Math.min(hint, length - 1)
    let above = below + 1
    while (below >= 0 || above < length) {
      if (below >= 0 && this.at(below) === slot) return below
      if (above < length && this.at(above) === slot) return above
      below--
      above++
    }
    return undefined
  }
}
