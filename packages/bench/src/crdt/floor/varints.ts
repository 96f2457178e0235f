const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Writes small whole numbers in few bytes, and texts after their length. */
export class VarintWriter {
  private bytes = new Uint8Array(64)
  private length = 0

  number(value: number): void {
    this.reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.bytes[this.length++] = rest
  }

  /** A number that may be negative. */
  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value)
  }

  text(value: string): void {
    if (value.length > 64 || !isAscii(value)) {
      const utf8 = encoder.encode(value)
      this.number(utf8.length)
      this.raw(utf8)
      return
    }
    this.number(value.length)
    this.rest(value)
  }

  /** A text without its length: nothing may follow it. */
  rest(value: string): void {
    if (!isAscii(value)) return this.raw(encoder.encode(value))
    this.reserve(value.length)
    for (let index = 0; index < value.length; index++) this.bytes[this.length++] = value.charCodeAt(index)
  }

  /** The bytes so far; the writer is empty afterwards. */
  take(): Uint8Array {
    const result = this.bytes.slice(0, this.length)
    this.length = 0
    return result
  }

  /** Bytes without their length. */
  raw(value: Uint8Array): void {
    this.reserve(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const wider = new Uint8Array(2 * (this.bytes.length + count))
    wider.set(this.bytes)
    this.bytes = wider
  }
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false
  return true
}

/** Reads what a {@link VarintWriter} wrote. */
export class VarintReader {
  private readonly bytes: Uint8Array
  private place = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  number(): number {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = this.bytes[this.place++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 0x80
    }
  }

  signed(): number {
    const value = this.number()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }

  text(): string {
    const length = this.number()
    this.place += length
    if (length === 1) return String.fromCharCode(this.bytes[this.place - 1] ?? 0)
    return decoder.decode(this.bytes.subarray(this.place - length, this.place))
  }

  /** A text that nothing follows. */
  rest(): string {
    const { bytes, place } = this
    if (bytes.length === place + 1) return String.fromCharCode(bytes[place] ?? 0)
    return bytes.length === place ? '' : decoder.decode(bytes.subarray(place))
  }

  /** The bytes that were not read. */
  left(): Uint8Array {
    return this.bytes.subarray(this.place)
  }
}
