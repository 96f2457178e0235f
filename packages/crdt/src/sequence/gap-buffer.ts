// FlowSync texts hold no lone surrogates, so that nothing is replaced; a byte order mark is text.
const decoder = new TextDecoder('utf-16le', { ignoreBOM: true })
const NONE: number[] = []

/**
 * Text under edit: UTF-16 units with a gap where the last change was, so that typing moves nothing.
 * Positions must lie within the text.
 */
export class GapBuffer {
  private units: Uint16Array<ArrayBuffer>
  private gapStart: number
  private gapEnd: number
  private text: string | undefined

  constructor(text: string) {
    this.units = new Uint16Array(text.length)
    this.gapStart = text.length
    this.gapEnd = text.length
    this.write(text, 0)
    this.text = text
  }

  get length(): number {
    return this.units.length - (this.gapEnd - this.gapStart)
  }

  private unitAt(position: number): number {
    return this.units[position < this.gapStart ? position : position - this.gapStart + this.gapEnd] as number
  }

  /** Whether the unit at a position below `length` is the second half of a surrogate pair. */
  isTail(position: number): boolean {
    return (this.unitAt(position) & 0xfc00) === 0xdc00
  }

  /** Which of the units at a position are second halves of pairs, counted from there. */
  tailsWithin(position: number, count: number): readonly number[] {
    let tails = NONE
    for (let offset = 0; offset < count; offset++) {
      if (!this.isTail(position + offset)) continue
      if (tails === NONE) tails = []
      tails.push(offset)
    }
    return tails
  }

  /** Deletes units, then inserts text in their place. */
  replace(position: number, deleteCount: number, insert: string): void {
    if (deleteCount === 0 && insert === '') return
    this.moveGap(position)
    this.gapEnd += deleteCount
    if (insert.length > this.gapEnd - this.gapStart) this.widenGap(insert.length)
    this.write(insert, this.gapStart)
    this.gapStart += insert.length
    this.text = undefined
  }

  private moveGap(position: number): void {
    const shift = this.gapStart - position
    if (shift > 0) this.units.copyWithin(this.gapEnd - shift, position, this.gapStart)
    else this.units.copyWithin(this.gapStart, this.gapEnd, this.gapEnd - shift)
    this.gapStart -= shift
    this.gapEnd -= shift
  }

  private widenGap(needed: number): void {
    const { length } = this
    const grown = new Uint16Array(length + needed + 32 + (length >> 2))
    const tail = this.units.subarray(this.gapEnd)
    grown.set(this.units.subarray(0, this.gapStart))
    grown.set(tail, grown.length - tail.length)
    this.units = grown
    this.gapEnd = grown.length - tail.length
  }

  private write(text: string, at: number): void {
    for (let index = 0; index < text.length; index++) this.units[at + index] = text.charCodeAt(index)
  }

  /** The whole text; the same string until it is changed. */
  toString(): string {
    this.text ??=
      decoder.decode(this.units.subarray(0, this.gapStart)) + decoder.decode(this.units.subarray(this.gapEnd))
    return this.text
  }
}
