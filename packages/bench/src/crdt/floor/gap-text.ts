/** A text of UTF-16 units with a gap where it was edited last. */
export class GapText {
  private units: Uint16Array
  private gapStart = 0
  private gapEnd: number

  constructor(text = '') {
    this.units = new Uint16Array(text.length + 1024)
    this.gapEnd = this.units.length
    this.splice(0, 0, text)
  }

  get length(): number {
    return this.units.length - (this.gapEnd - this.gapStart)
  }

  splice(position: number, deleteCount: number, insert: string): void {
    this.moveGap(position)
    this.gapEnd += deleteCount
    if (this.gapEnd - this.gapStart < insert.length) this.grow(insert.length)
    for (let index = 0; index < insert.length; index++) this.units[this.gapStart++] = insert.charCodeAt(index)
  }

  toString(): string {
    const decoder = new TextDecoder('utf-16le')
    return (
      decoder.decode(this.units.subarray(0, this.gapStart)) + decoder.decode(this.units.subarray(this.gapEnd))
    )
  }

  private moveGap(position: number): void {
    const shift = position - this.gapStart
    if (shift < 0) this.units.copyWithin(this.gapEnd + shift, position, this.gapStart)
    else if (shift > 0) this.units.copyWithin(this.gapStart, this.gapEnd, this.gapEnd + shift)
    this.gapStart += shift
    this.gapEnd += shift
  }

  private grow(need: number): void {
    const wider = new Uint16Array(2 * (this.units.length + need))
    wider.set(this.units.subarray(0, this.gapStart))
    const after = this.units.subarray(this.gapEnd)
    wider.set(after, wider.length - after.length)
    this.gapEnd = wider.length - after.length
    this.units = wider
  }
}
