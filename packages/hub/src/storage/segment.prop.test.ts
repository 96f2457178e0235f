import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeSegment,
  opsOfSegment,
  replicasOfSegment,
  SEGMENT_BYTES,
  SEGMENT_OPS,
  segmentLength,
} from './segment.js'

const replicaOf = (number: number): ReplicaId => number.toString(16).padStart(32, '0') as ReplicaId
const numberOf = (replica: ReplicaId): number => Number.parseInt(replica, 16)

/** Contiguous ops of few replicas, as a log holds them. */
const logs = fc
  .record({
    first: fc.constantFrom(1, 2, 8_193, 2 ** 40),
    counters: fc.array(fc.constantFrom(1, 5, 2 ** 40), { minLength: 4, maxLength: 4 }),
    drafts: fc.array(
      fc.record({
        author: fc.nat(3),
        count: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9 }), fc.constant(2 ** 40)),
        distance: fc.oneof(fc.constant(0), fc.nat(300)),
        extra: fc.array(fc.record({ author: fc.integer({ min: 2, max: 7 }), counter: fc.nat(2 ** 31 - 1) }), {
          maxLength: 2,
        }),
        body: fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ maxLength: 200 })),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  })
  .map(({ first, counters, drafts }) => {
    const next = [...counters]
    return drafts.map(({ author, count, distance, extra, body }, index): SequencedOp => {
      const seq = first + index
      const counter = next[author] ?? 1
      next[author] = counter + count
      const known = extra.map((id) => ({ replica: replicaOf(id.author * 1_000), counter: id.counter }))
      const base = Math.max(0, seq - 1 - distance)
      return { replica: replicaOf(author * 1_000), counter, count, base, extra: known, body, seq }
    })
  })

describe('a segment', () => {
  it('gives back the ops it was made of, and names their replicas', () => {
    fc.assert(
      fc.property(logs, (ops) => {
        const segment = encodeSegment(ops, numberOf)
        expect(segment).toMatchObject({ first: ops[0]?.seq, last: ops.at(-1)?.seq })
        expect(opsOfSegment(segment, replicaOf)).toEqual(ops)
        const named = ops.flatMap(({ replica, extra }) => [replica, ...extra.map((id) => id.replica)])
        expect(new Set(replicasOfSegment(segment))).toEqual(new Set(named.map(numberOf)))
      }),
    )
  })

  it('is known to be damaged, whatever the damage', () => {
    fc.assert(
      fc.property(logs, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(), (ops, at, flipped, kept) => {
        const segment = encodeSegment(ops, numberOf)
        const bytes = Uint8Array.from(segment.bytes)
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flipped
        const shorter = segment.bytes.subarray(0, kept % segment.bytes.length)
        for (const damaged of [bytes, shorter, Uint8Array.of(...segment.bytes, 0)]) {
          expect(codeOf(() => opsOfSegment({ ...segment, bytes: damaged }, replicaOf))).toBe(
            'storage/corrupt',
          )
        }
        const longer = { ...segment, last: segment.last + 1 }
        expect(codeOf(() => opsOfSegment(longer, replicaOf))).toBe('storage/corrupt')
      }),
    )
  })

  it('refuses any bytes that it did not write', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        expect(codeOf(() => opsOfSegment({ first: 1, last: 3, bytes }, replicaOf))).toBe('storage/corrupt')
        expect(['none', 'storage/corrupt']).toContain(codeOf(() => replicasOfSegment({ bytes })))
      }),
    )
  })

  it('holds few enough ops, and at least one', () => {
    const op = (bytes: number): SequencedOp => {
      return {
        replica: replicaOf(1),
        counter: 1,
        count: 1,
        base: 0,
        extra: [],
        body: new Uint8Array(bytes),
        seq: 1,
      }
    }
    expect(segmentLength([])).toBe(0)
    expect(segmentLength([op(SEGMENT_BYTES * 2), op(1)])).toBe(1)
    expect(segmentLength([op(1), op(SEGMENT_BYTES), op(1)])).toBe(2)
    expect(segmentLength(new Array<SequencedOp>(SEGMENT_OPS + 5).fill(op(1)))).toBe(SEGMENT_OPS)
    expect(segmentLength([op(1), op(1)])).toBe(2)
  })

  it('is a fraction of what typing takes in rows', () => {
    const text = 'the quick brown fox jumps over the lazy dog, and then it jumps back again. '.repeat(60)
    const ops = [...text].map((letter, index): SequencedOp => {
      const body = Uint8Array.of(1, (index & 0x7f) | 0x80, index >> 7, 1, letter.charCodeAt(0))
      return {
        replica: replicaOf(1),
        counter: index + 1,
        count: 1,
        base: index,
        extra: [],
        body,
        seq: index + 1,
      }
    })
    // Nine bytes and more each in rows; here the letters, which repeat, and next to nothing else.
    expect(encodeSegment(ops, numberOf).bytes.length).toBeLessThan(ops.length / 4)
  })
})

function codeOf(read: () => unknown): unknown {
  try {
    read()
    return 'none'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}
