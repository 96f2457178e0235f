import { FlowSyncError } from './errors.js'

const MAX_VARINT = Number.MAX_SAFE_INTEGER
/** Texts up to this length are written by hand when they are ASCII; their length fits one byte. */
const MAX_SHORT = 48
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Growing byte buffer with the few primitives that all of FlowSync's formats are made of. */
export class ByteWriter {
  private buffer: Uint8Array
  private length = 0

  constructor(initialBytes = 64) {
    this.buffer = new Uint8Array(initialBytes)
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes
    if (needed <= this.buffer.length) return
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2))
    grown.set(this.buffer.subarray(0, this.length))
    this.buffer = grown
  }

  u8(value: number): void {
    this.reserve(1)
    this.buffer[this.length++] = value
  }

  /** Unsigned LEB128. Takes 0 to 2^53 - 1. */
  varint(value: number): void {
    this.reserve(8)
    let rest = value
    while (rest > 0x7f) {
      this.buffer[this.length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.buffer[this.length++] = rest
  }

  /** IEEE 754, little endian, 8 bytes. */
  f64(value: number): void {
    this.reserve(8)
    new DataView(this.buffer.buffer).setFloat64(this.length, value, true)
    this.length += 8
  }

  /** Bytes as they are, without a length. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.length)
    this.length += bytes.length
  }

  /** Length as varint, then the bytes. */
  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length)
    this.raw(bytes)
  }

  /** UTF-8 without a length. A lone surrogate becomes U+FFFD: callers refuse it earlier. */
  text(text: string): void {
    if (!this.shortAscii(text)) this.raw(encoder.encode(text))
  }

  /** Length in bytes as varint, then what {@link text} writes. */
  string(text: string): void {
    const start = this.length
    this.u8(text.length)
    if (this.shortAscii(text)) return
    this.length = start
    this.bytes(encoder.encode(text))
  }

  /** Spares short texts, which most are, the way through the encoder. False: nothing was written. */
  private shortAscii(text: string): boolean {
    const { length } = text
    if (length > MAX_SHORT) return false
    this.reserve(length)
    const { buffer, length: start } = this
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index)
      if (unit > 0x7f) return false
      buffer[start + index] = unit
    }
    this.length += length
    return true
  }

  /** What was written, as a view that is valid until the next write. */
  view(): Uint8Array {
    return this.buffer.subarray(0, this.length)
  }

  /** What was written, as a copy. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.length)
  }

  /** Forgets what was written, to be used again. */
  clear(): void {
    this.length = 0
  }
}

/** Reads what {@link ByteWriter} wrote. Total: every read is bounded by the input or throws `codec/malformed`. */
export class ByteReader {
  private offset = 0
  private readonly input: Uint8Array

  constructor(input: Uint8Array) {
    this.input = input
  }

  get remaining(): number {
    return this.input.length - this.offset
  }

  u8(): number {
    const value = this.input[this.offset]
    if (value === undefined) throw malformed('the input ends early')
    this.offset++
    return value
  }

  varint(max = MAX_VARINT): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.u8()
      value += (byte & 0x7f) * scale
      // One encoding per number: a trailing zero group would give two byte forms of one op.
      if (value > max || (byte === 0 && scale > 1)) throw malformed('a number is out of range')
      if (byte < 0x80) return value
      scale *= 0x80
      if (scale > MAX_VARINT) throw malformed('a number is out of range')
    }
  }

  f64(): number {
    const { buffer, byteOffset } = this.raw(8)
    return new DataView(buffer, byteOffset).getFloat64(0, true)
  }

  /** A view on the next `length` bytes of the input, not a copy. */
  raw(length: number): Uint8Array {
    if (length > this.remaining) throw malformed('a length points past the end')
    const start = this.offset
    this.offset += length
    return this.input.subarray(start, this.offset)
  }

  bytes(maxLength = MAX_VARINT): Uint8Array {
    return this.raw(this.varint(maxLength))
  }

  string(maxBytes = MAX_VARINT): string {
    return this.text(this.varint(maxBytes))
  }

  /** UTF-8 of as many bytes, by default of all that are left. */
  text(length = this.remaining): string {
    try {
      return decoder.decode(this.raw(length))
    } catch (cause) {
      throw malformed('a text is not valid UTF-8', cause)
    }
  }

  /** Throws unless everything was read. */
  end(): void {
    if (this.remaining > 0) throw malformed('bytes follow the end')
  }
}

/** The error for bytes that no encoder makes. */
export function malformed(what: string, cause?: unknown): FlowSyncError<'codec/malformed'> {
  return new FlowSyncError('codec/malformed', `Malformed bytes: ${what}.`, { cause })
}
