const FIRST_UNITS = 32
const decoder = new TextDecoder('utf-16le', { ignoreBOM: true })

/** All text that was ever inserted into a document, in the order in which its units are numbered. */
export class InsertedText {
  private units = new Uint16Array(FIRST_UNITS)
  private count = 0

  get length(): number {
    return this.count
  }

  append(text: string): void {
    const { length } = text
    if (this.count + length > this.units.length) this.grow(length)
    const { units, count } = this
    if (length === 1) {
      units[this.count++] = text.charCodeAt(0)
      return
    }
    for (let at = 0; at < length; at++) units[count + at] = text.charCodeAt(at)
    this.count = count + length
  }

  private grow(needed: number): void {
    const grown = new Uint16Array(Math.max(this.count + needed, this.units.length * 2))
    grown.set(this.units.subarray(0, this.count))
    this.units = grown
  }

  unitAt(index: number): number {
    return this.units[index] as number
  }

  /** Units from one to another, which must not cut a surrogate pair. */
  slice(from: number, to: number): string {
    if (to - from === 1) return String.fromCharCode(this.units[from] as number)
    return decoder.decode(this.units.subarray(from, to))
  }
}
