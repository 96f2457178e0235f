import { ByteWriter } from '@flowsync/crdt'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { DEFAULT_LIMITS } from '../limits.js'
import type { Codec, Decoded } from './codec.js'
import { array, optional, struct, union } from './composites.js'
import { FrameReader } from './frame-reader.js'
import { epoch, replicaId } from './ids.js'
import { bytes, constant, oneOf, string, varint } from './primitives.js'

function encode<T>(codec: Codec<T>, value: T): number[] {
  const writer = new ByteWriter()
  codec.write(writer, value)
  return [...writer.finish()]
}
function decode<T>(codec: Codec<T>, input: readonly number[]): T {
  const reader = new FrameReader(Uint8Array.from(input))
  const value = codec.read(reader)
  reader.end()
  return value
}
const withCode = (code: string) => expect.objectContaining({ code }) as Error

const shape = union({
  dot: struct({ at: varint(9) }),
  line: struct({ to: array(varint(9), 2), name: optional(string(3)) }),
})

describe('layouts', () => {
  it.each<[string, Codec<unknown>, unknown, number[]]>([
    ['varint', varint(300), 300, [0xac, 0x02]],
    ['bytes', bytes(2), Uint8Array.of(7, 8), [2, 7, 8]],
    ['string', string(4), 'é!', [3, 0xc3, 0xa9, 0x21]],
    ['constant', constant('x'), 'x', []],
    ['oneOf', oneOf('read', 'write'), 'write', [1]],
    ['optional, absent', optional(varint(9)), undefined, [0]],
    ['optional, present', optional(varint(9)), 0, [1, 0]],
    ['array', array(varint(9), 3), [4, 5], [2, 4, 5]],
    ['union', shape, { kind: 'dot', at: 3 }, [0, 3]],
    ['union with an absent field', shape, { kind: 'line', to: [1] }, [1, 1, 1, 0]],
    ['epoch', epoch, '0102030405060708', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['no epoch', epoch, '', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['replica id', replicaId, `ff${'01'.repeat(15)}`, [0xff, ...Array<number>(15).fill(1)]],
  ])('%s', (_, codec, value, expected) => {
    expect(encode(codec, value)).toEqual(expected)
    expect(decode(codec, expected)).toEqual(value)
  })
})

describe('decoding refuses', () => {
  it.each<[string, Codec<unknown>, number[]]>([
    ['a number above its maximum', varint(9), [10]],
    ['a number below its minimum', varint(9, 1), [0]],
    ['a number that is not shortest', varint(9), [0x81, 0x00]],
    ['an optional that is neither absent nor present', optional(varint(9)), [2]],
    ['an unknown word', oneOf('read', 'write'), [2]],
    ['an unknown variant', shape, [2]],
    ['a list above its maximum', array(varint(9), 2), [3, 1, 1, 1]],
    ['a list that is longer than the input', array(varint(9), 200), [100, 1, 1]],
    ['bytes above their maximum', bytes(1), [2, 1, 1]],
    ['bytes that end early', bytes(9), [3, 1, 1]],
    ['a text that is not UTF-8', string(9), [2, 0xc3, 0x28]],
    ['a text above its maximum', string(1), [2, 0x61, 0x61]],
    ['half an id', replicaId, [1, 2, 3]],
  ])('%s', (_, codec, input) => {
    expect(() => decode(codec, input)).toThrow(withCode('codec/malformed'))
  })
})

describe('encoding refuses', () => {
  it.each<[string, Codec<unknown>, unknown]>([
    ['a number above its maximum', varint(9), 10],
    ['a number below its minimum', varint(9, 1), 0],
    ['a fraction', varint(9), 0.5],
    ['NaN', varint(9), Number.NaN],
    ['an unknown word', oneOf('read', 'write'), 'admin'],
    ['an unknown variant', shape, { kind: 'circle' }],
    ['too many items', array(varint(9), 1), [1, 2]],
    ['too many bytes', bytes(1), new Uint8Array(2)],
    ['a text that is too long in bytes', string(3), 'éé'],
    ['half a surrogate pair', string(9), '\ud800'],
    ['an epoch of another form', epoch, 'xyz'],
    ['the epoch that means none', epoch, '0'.repeat(16)],
    ['a replica id of another form', replicaId, 'F'.repeat(32)],
  ])('%s', (_, codec, value) => {
    expect(() => encode(codec, value)).toThrow(withCode('codec/invalid-value'))
  })
})

describe('frame limits', () => {
  it('count the items of nested lists together', () => {
    const nested = array(array(varint(9), 9), 9)
    const input = Uint8Array.of(2, 2, 1, 1, 2, 1, 1)
    expect(nested.read(new FrameReader(input, { ...DEFAULT_LIMITS, items: 6 }))).toEqual([
      [1, 1],
      [1, 1],
    ])
    expect(() => nested.read(new FrameReader(input, { ...DEFAULT_LIMITS, items: 5 }))).toThrow(
      withCode('frame/too-large'),
    )
  })

  it('tell a list that lies about its length from one that is too long', () => {
    const lying = new FrameReader(Uint8Array.of(100, 1, 1), { ...DEFAULT_LIMITS, items: 5 })
    expect(() => array(varint(9), 200).read(lying)).toThrow(withCode('codec/malformed'))
  })

  it('refuse a frame by its size alone', () => {
    expect(() => new FrameReader(new Uint8Array(11), { frameBytes: 10, items: 1 })).toThrow(
      withCode('frame/too-large'),
    )
  })
})

describe('types', () => {
  it('follow from the layout', () => {
    expectTypeOf<Decoded<typeof shape>>().toEqualTypeOf<
      | { readonly kind: 'dot'; readonly at: number }
      | { readonly kind: 'line'; readonly to: readonly number[]; readonly name?: string | undefined }
    >()
  })
})
