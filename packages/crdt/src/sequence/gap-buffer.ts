// FlowSync texts hold no lone surrogates, so that nothing is replaced; a byte order mark is text.
const decoder = new TextDecoder('utf-16le', { ignoreBOM: true })

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

  /** The unit at a position below `length`. */
  unitAt(position: number): number {
    return this.units[position < this.gapStart ? position : position - this.gapStart + this.gapEnd] as number
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
