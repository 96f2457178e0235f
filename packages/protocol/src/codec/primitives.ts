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
