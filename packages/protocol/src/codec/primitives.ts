import type { Codec } from './codec.js'
import { invalidValue, malformed } from './frame-reader.js'
import { LONE_SURROGATE } from './unicode.js'

const encoder = new TextEncoder()

/** An integer from `min` to `max` as unsigned LEB128. */
export function varint(max = Number.MAX_SAFE_INTEGER, min = 0): Codec<number> {
  return {
    describe: `varint(${min}..${max})`,
    write(writer, value) {
      if (!Number.isInteger(value) || value < min || value > max)
        throw invalidValue(`${value} is no integer from ${min} to ${max}`)
      writer.varint(value)
    },
    read(reader) {
      const value = reader.varint(max)
      if (value < min) throw malformed(`a number is below ${min}`)
      return value
    },
  }
}

/** One byte, 0 to 255. */
export const u8: Codec<number> = {
  describe: 'u8',
  write(writer, value) {
    if (!Number.isInteger(value) || value < 0 || value > 255) throw invalidValue(`${value} is no byte`)
    writer.u8(value)
  },
  read: (reader) => reader.u8(),
}

/** One byte, 0 or 1. */
export const bool: Codec<boolean> = {
  describe: 'bool',
  write: (writer, value) => writer.u8(value ? 1 : 0),
  read(reader) {
    const byte = reader.u8()
    if (byte > 1) throw malformed('a flag is neither 0 nor 1')
    return byte === 1
  },
}

/** IEEE 754, little endian, 8 bytes; NaN is refused, because it has many encodings. */
export const f64: Codec<number> = {
  describe: 'f64',
  write(writer, value) {
    if (Number.isNaN(value)) throw invalidValue('NaN')
    writer.f64(value)
  },
  read(reader) {
    const value = reader.f64()
    if (Number.isNaN(value)) throw malformed('a number is NaN')
    return value
  },
}

/** At most `max` bytes after their length. Reading copies: the result does not keep the frame alive. */
export function bytes(max: number): Codec<Uint8Array> {
  return {
    describe: `bytes(${max})`,
    write(writer, value) {
      if (value.length > max) throw invalidValue(`${value.length} bytes where ${max} are allowed`)
      writer.bytes(value)
    },
    read: (reader) => reader.bytes(max).slice(),
  }
}

/** Exactly `length` bytes. Reading copies. */
export function fixedBytes(length: number): Codec<Uint8Array> {
  return {
    describe: `fixed(${length})`,
    write(writer, value) {
      if (value.length !== length) throw invalidValue(`${value.length} bytes where ${length} are wanted`)
      writer.raw(value)
    },
    read: (reader) => reader.raw(length).slice(),
  }
}

/** UTF-8 of at most `maxBytes` after its length in bytes. A lone surrogate cannot be encoded. */
export function string(maxBytes: number): Codec<string> {
  return {
    describe: `string(${maxBytes})`,
    write(writer, value) {
      if (LONE_SURROGATE.test(value)) throw invalidValue('a text with a lone surrogate')
      const encoded = encoder.encode(value)
      if (encoded.length > maxBytes)
        throw invalidValue(`a text of ${encoded.length} bytes where ${maxBytes} are allowed`)
      writer.bytes(encoded)
    },
    read: (reader) => reader.string(maxBytes),
  }
}

/** A value that is always the same and takes no bytes, such as a message's `type`. */
export function constant<const T extends string>(value: T): Codec<T> {
  return { describe: `=${value}`, write() {}, read: () => value }
}

/** One of a few words, written as its place in the list: one byte. The list may only grow at its end. */
export function oneOf<const T extends readonly string[]>(...words: T): Codec<T[number]> {
  return {
    describe: `oneOf(${words.join('|')})`,
    write(writer, value) {
      const index = words.indexOf(value)
      if (index < 0) throw invalidValue(`${value} is none of ${words.join(', ')}`)
      writer.u8(index)
    },
    read(reader) {
      const word = words[reader.u8()]
      if (word === undefined) throw malformed(`a word is none of ${words.join(', ')}`)
      return word
    },
  }
}
