import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeTextBody, decodeTextState, encodeTextBody, encodeTextState } from './text-codec.js'
import type { TextDelta } from './text-delta.js'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))

/** Edits with their bytes. These are on disks and on the wire: they must never change. */
const golden: [name: string, delta: TextDelta, bytes: string][] = [
  ['a letter', { position: 5, deleteCount: 0, insert: 'a' }, '010561'],
  ['a letter further on', { position: 300, deleteCount: 0, insert: 'z' }, '01ac027a'],
  ['a backspace', { position: 127, deleteCount: 1, insert: '' }, '057f'],
  ['a pair deleted', { position: 0, deleteCount: 2, insert: '' }, '0900'],
  ['three units deleted', { position: 1, deleteCount: 3, insert: '' }, '0d0100'],
  ['many deleted', { position: 1, deleteCount: 203, insert: '' }, '0d01c801'],
  ['a replacement', { position: 2, deleteCount: 5, insert: 'é😀' }, '0d0202c3a9f09f9880'],
  ['a byte order mark', { position: 0, deleteCount: 0, insert: '\ufeff' }, '0100efbbbf'],
  [
    'the largest numbers',
    { position: 2 ** 31 - 1, deleteCount: 2 ** 31 - 1, insert: '' },
    '0dffffffff07fcffffff07',
  ],
]

describe('bodies of text ops', () => {
  it.each(golden)('encode %s', (_name, delta, bytes) => {
    expect(hex(encodeTextBody(delta))).toBe(bytes)
    expect(decodeTextBody(bytesOf(bytes))).toEqual(delta)
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['no position', '01'],
    ['another format', '000561'],
    ['another format again', '020561'],
    ['unknown flags', '110561'],
    ['a position that goes on', '0180'],
    ['a position in a longer form', '01850061'],
    ['a position of 2^31', '01808080800861'],
    ['a deletion that goes on', '0d01'],
    ['a deletion of 2^31 units', '0d01fdffffff07'],
    ['an edit that changes nothing', '0105'],
    ['bytes that are no UTF-8', '0100ff'],
    ['a character cut short', '0100e282'],
    ['a lone surrogate', '0100eda080'],
    ['a character in a longer form', '0100c080'],
  ])('refuse %s', (_name, bytes) => {
    expect(() => decodeTextBody(bytesOf(bytes))).toThrow(expect.objectContaining({ code: 'op/invalid' }))
  })

  it('survive encoding, and decoding makes nothing that encodes otherwise', () => {
    const units = fc.oneof(fc.nat(4), fc.nat(300), fc.nat(2 ** 31 - 1))
    const deltas = fc.record({ position: units, deleteCount: units, insert: fc.string({ unit: 'binary' }) })
    fc.assert(
      fc.property(deltas, (delta) => {
        fc.pre(delta.deleteCount > 0 || delta.insert !== '')
        expect(decodeTextBody(encodeTextBody(delta))).toEqual(delta)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const delta = tryDecode(bytes)
        if (delta) expect(encodeTextBody(delta)).toEqual(bytes)
      }),
      { numRuns: 300 },
    )
  })
})

describe('states of texts', () => {
  it('are the format and the text', () => {
    expect(hex(encodeTextState(''))).toBe('01')
    expect(hex(encodeTextState('a😀'))).toBe('0161f09f9880')
    expect(decodeTextState(bytesOf('0161efbbbf'))).toBe('a\ufeff')
  })

  it.each([
    ['nothing', ''],
    ['another format', '0061'],
    ['bytes that are no UTF-8', '0180'],
    ['a lone surrogate', '01edbfbf'],
  ])('refuse %s', (_name, bytes) => {
    expect(() => decodeTextState(bytesOf(bytes))).toThrow(expect.objectContaining({ code: 'state/invalid' }))
  })
})

function tryDecode(bytes: Uint8Array): TextDelta | undefined {
  try {
    return decodeTextBody(bytes)
  } catch (error) {
    expect(error).toMatchObject({ code: 'op/invalid' })
    return undefined
  }
}
