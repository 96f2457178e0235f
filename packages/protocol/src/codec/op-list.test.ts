import type { Op, ReplicaId, SequencedOp } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS, MAX_ORDINAL } from '../limits.js'
import { fromHex } from './hex.js'
import { decodeOps, decodeSequencedOps, encodeOps, encodeSequencedOps } from './op-list.js'

const A = 'a'.repeat(32) as ReplicaId
const B = 'b'.repeat(32) as ReplicaId
const op = (fields: Partial<Op>): Op => ({
  replica: A,
  counter: 1,
  count: 1,
  base: 0,
  extra: [],
  body: new Uint8Array(),
  ...fields,
})
const refusal = (hex: string) => expect(() => decodeOps(fromHex(hex.replaceAll(' ', ''))))
const malformed = expect.objectContaining({ code: 'codec/malformed' }) as Error

describe('size', () => {
  it('is one byte beside the body for each typed character', () => {
    const typed = Array.from({ length: 1000 }, (_, index) =>
      op({ counter: index + 1, base: 7, body: new Uint8Array(5) }),
    )
    // 2 length, 1 + 16 replica, 1 base; then flags and body.
    expect(encodeOps(typed).length).toBe(2 + 17 + 1 + 1000 * 6)
  })

  it('grows by a byte for another author and by one for a moved base', () => {
    const alternating = Array.from({ length: 1000 }, (_, index) =>
      op({
        replica: index % 2 ? A : B,
        counter: (index >> 1) + 1,
        base: index,
        seq: index + 1,
        body: new Uint8Array(5),
      } as Partial<SequencedOp>),
    ) as SequencedOp[]
    expect(encodeSequencedOps(alternating).length).toBeLessThan(40 + 1000 * 8)
  })

  it('of a body above 6 bytes takes a length', () => {
    const sizeOf = (bytes: number) => encodeOps([op({ body: new Uint8Array(bytes) })]).length - bytes
    expect(sizeOf(0)).toBe(19)
    expect(sizeOf(6)).toBe(19)
    expect(sizeOf(7)).toBe(20)
    expect(sizeOf(134)).toBe(20)
    expect(sizeOf(135)).toBe(21)
  })
})

describe('order', () => {
  it('may mix replicas, skip counters and go back to older bases', () => {
    const list = [
      op({ counter: 5, count: 3, base: 9 }),
      op({ replica: B, counter: 1, base: 4, extra: [{ replica: A, counter: 7 }] }),
      op({ counter: 8, base: 2 }),
      op({ counter: 20, base: MAX_ORDINAL }),
      op({ counter: 3, base: 0 }),
    ]
    expect(decodeOps(encodeOps(list))).toEqual(list)
  })

  it('of seqs must be dense', () => {
    const ops = [1, 3].map((seq) => ({ ...op({ counter: seq }), seq }))
    expect(() => encodeSequencedOps(ops)).toThrow(
      expect.objectContaining({ code: 'codec/invalid-value' }) as Error,
    )
  })

  it('of nothing is one byte', () => {
    expect(encodeOps([])).toEqual(Uint8Array.of(0))
    expect(encodeSequencedOps([])).toEqual(Uint8Array.of(0))
    expect(decodeSequencedOps(Uint8Array.of(0))).toEqual([])
  })
})

describe('encoding refuses', () => {
  it.each([
    ['a counter of 0', op({ counter: 0 })],
    ['a count of 0', op({ count: 0 })],
    ['a fraction', op({ counter: 1.5 })],
    ['a counter above the limit', op({ counter: MAX_ORDINAL, count: 2 })],
    ['a negative base', op({ base: -1 })],
    ['a replica id of another form', op({ replica: 'A'.repeat(32) as ReplicaId })],
    ['an op id with counter 0', op({ extra: [{ replica: B, counter: 0 }] })],
  ])('%s', (_, bad) => {
    expect(() => encodeOps([bad])).toThrow(expect.objectContaining({ code: 'codec/invalid-value' }) as Error)
  })
})

describe('decoding refuses', () => {
  const a = '00 ' + 'aa'.repeat(16)
  it.each([
    ['a first op that leans on a former one', '01 0f'],
    ['a replica that is named again instead of meant again', `02 0e ${a} 0e 00`],
    ['a replica that is introduced twice', `02 0e ${a} 0e 01 ${'aa'.repeat(16)}`],
    ['a replica index with a hole', `01 0e 01 ${'aa'.repeat(16)}`],
    ['an explicit counter that is the next one', `01 0c ${a} 01`],
    ['a counter of 0', `01 0c ${a} 00`],
    ['an explicit count of 1', `01 0a ${a} 01`],
    ['a count of 0', `01 0a ${a} 00`],
    ['a base difference of 0', `01 06 ${a} 00`],
    ['a negative base', `01 06 ${a} 01`],
    ['a base above the limit', `01 06 ${a} 8280 8080 8080 8001`],
    ['an empty list of extra', `01 1e ${a} 00`],
    ['an extra with counter 0', `01 1e ${a} 01 00 00`],
    ['a counter that overflows', `01 08 ${a} ffffffffffff3f 02`],
    ['a body that ends early', `01 2e ${a}`],
    ['a long body that ends early', `01 ee ${a} 7f 00`],
    ['bytes after the end', `01 0e ${a} 00`],
    ['more ops than bytes', 'ffff03'],
    ['no bytes', ''],
  ])('%s', (_, hex) => {
    refusal(hex).toThrow(malformed)
  })

  it('a seq of 0 and seqs above the limit', () => {
    expect(() => decodeSequencedOps(fromHex(`01000e00${'aa'.repeat(16)}`))).toThrow(malformed)
    expect(() => decodeSequencedOps(fromHex(`02ffffffffffff3f0e00${'aa'.repeat(16)}0f`))).toThrow(malformed)
  })

  it('more items than the limit, before it reads them', () => {
    const many = encodeOps(Array.from({ length: 20 }, (_, index) => op({ counter: index + 1 })))
    expect(decodeOps(many, { ...DEFAULT_LIMITS, items: 20 })).toHaveLength(20)
    expect(() => decodeOps(many, { ...DEFAULT_LIMITS, items: 19 })).toThrow(
      expect.objectContaining({ code: 'frame/too-large' }) as Error,
    )
  })

  it('a count whose negative base hides in a double', () => {
    // 2^53 - 1 as a zigzag difference is the most negative one there is.
    refusal(`01 06 ${a} ffffffffffffff0f`).toThrow(malformed)
  })
})
