import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.js'
import { isFlowSyncError } from './errors.js'

function written(write: (writer: ByteWriter) => void): number[] {
  const writer = new ByteWriter(1)
  write(writer)
  return [...writer.finish()]
}

function refusal(bytes: readonly number[], read: (reader: ByteReader) => unknown): string | undefined {
  try {
    read(new ByteReader(Uint8Array.from(bytes)))
    return undefined
  } catch (error) {
    return isFlowSyncError(error) ? error.code : String(error)
  }
}

describe('varint', () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [300, [0xac, 0x02]],
    [2 ** 32, [0x80, 0x80, 0x80, 0x80, 0x10]],
    [Number.MAX_SAFE_INTEGER, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('%d', (value, bytes) => {
    expect(written((writer) => writer.varint(value))).toEqual(bytes)
    const reader = new ByteReader(Uint8Array.from(bytes))
    expect(reader.varint()).toBe(value)
    reader.end()
  })

  it.each([
    ['none', []],
    ['one that goes on after the end', [0x80]],
    ['a longer form of a number', [0x80, 0x00]],
    ['2^53', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]],
    ['nine groups', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
  ])('refuses %s', (_name, bytes) => {
    expect(refusal(bytes, (reader) => reader.varint())).toBe('codec/malformed')
  })

  it('refuses what is above the given limit', () => {
    expect(refusal([8], (reader) => reader.varint(8))).toBeUndefined()
    expect(refusal([9], (reader) => reader.varint(8))).toBe('codec/malformed')
  })
})

describe('string', () => {
  it.each([
    '',
    'a',
    'é',
    '\ud83d\ude00',
    'x'.repeat(48),
    'x'.repeat(49),
    'x'.repeat(300),
    `${'x'.repeat(47)}é`,
    '\ufeff',
  ])('keeps %j', (text) => {
    const bytes = Uint8Array.from(written((writer) => writer.string(text)))
    const reader = new ByteReader(bytes)
    expect(reader.string()).toBe(text)
    reader.end()
    const plain = new TextEncoder().encode(text)
    expect(bytes.subarray(bytes.length - plain.length)).toEqual(plain)
    expect(Uint8Array.from(written((writer) => writer.text(text)))).toEqual(plain)
    expect(new ByteReader(plain).text()).toBe(text)
  })

  it.each([
    ['a length beyond the end', [2, 0x61]],
    ['half a character', [1, 0xc3]],
    ['an encoded surrogate', [3, 0xed, 0xa0, 0xbd]],
    ['an overlong form', [2, 0xc0, 0x80]],
  ])('refuses %s', (_name, bytes) => {
    expect(refusal(bytes, (reader) => reader.string())).toBe('codec/malformed')
  })

  it('refuses more bytes than asked for', () => {
    expect(refusal([3, 0x61, 0x61, 0x61], (reader) => reader.string(2))).toBe('codec/malformed')
  })
})

describe('ByteReader', () => {
  it('gives views, not copies', () => {
    const input = Uint8Array.of(1, 2, 3)
    const reader = new ByteReader(input)
    reader.u8()
    const view = reader.raw(2)
    input[1] = 9
    expect([...view]).toEqual([9, 3])
  })

  it('refuses to end early', () => {
    expect(refusal([1, 2], (reader) => (reader.u8(), reader.end()))).toBe('codec/malformed')
  })

  it('reads a double from any offset', () => {
    const bytes = written((writer) => (writer.u8(7), writer.f64(-0.1)))
    const reader = new ByteReader(Uint8Array.from([0, ...bytes]).subarray(1))
    expect([reader.u8(), reader.f64()]).toEqual([7, -0.1])
    expect(refusal([1, 2, 3], (short) => short.f64())).toBe('codec/malformed')
  })
})

describe('ByteWriter', () => {
  it('hands out copies that later writes leave alone', () => {
    const writer = new ByteWriter(1)
    writer.u8(1)
    const first = writer.finish()
    writer.bytes(Uint8Array.of(2, 3))
    expect([...first]).toEqual([1])
    expect([...writer.view()]).toEqual([1, 2, 2, 3])
  })
})
