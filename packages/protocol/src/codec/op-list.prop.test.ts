import { isFlowSyncError } from '@flowsync/crdt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { damaged, damages, ops, sequencedOps } from '../tests/arbitraries.js'
import { decodeOps, decodeSequencedOps, encodeOps, encodeSequencedOps } from './op-list.js'
import { decodeOpPayload, encodeOpPayload } from './op-payload.js'

function orRefused<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (isFlowSyncError(error) && ['codec/malformed', 'frame/too-large'].includes(error.code))
      return undefined
    throw error
  }
}

describe('op lists', () => {
  it('are the same after encoding and decoding', () => {
    fc.assert(
      fc.property(ops, sequencedOps, (list, sequenced) => {
        expect(decodeOps(encodeOps(list))).toEqual(list)
        expect(decodeSequencedOps(encodeSequencedOps(sequenced))).toEqual(sequenced)
      }),
      { numRuns: 500 },
    )
  })

  it('are refused or canonical when damaged', () => {
    fc.assert(
      fc.property(ops, sequencedOps, damages, (list, sequenced, damage) => {
        const bytes = damaged(encodeOps(list), damage)
        const decoded = orRefused(() => decodeOps(bytes))
        if (decoded) expect(encodeOps(decoded)).toEqual(bytes)
        const others = damaged(encodeSequencedOps(sequenced), damage)
        const decodedOthers = orRefused(() => decodeSequencedOps(others))
        if (decodedOthers) expect(encodeSequencedOps(decodedOthers)).toEqual(others)
      }),
      { numRuns: 3_000 },
    )
  })
})

/** Bytes that often form a valid list: flags, small numbers and the same few replicas again and again. */
const plausible = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 3 }).map((byte) => [byte]),
      fc.integer({ min: 0, max: 0x3f }).map((byte) => [byte]),
      fc.constantFrom(0, 1).map((byte) => [byte, ...Array<number>(16).fill(byte)]),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Uint8Array.from(parts.flat()))

it('plausible bytes are refused or canonical', () => {
  let accepted = 0
  fc.assert(
    fc.property(plausible, (bytes) => {
      const decoded = orRefused(() => decodeOps(bytes))
      if (!decoded) return
      accepted++
      expect(encodeOps(decoded)).toEqual(bytes)
    }),
    { numRuns: 30_000 },
  )
  expect(accepted).toBeGreaterThan(100)
})

describe('op payloads', () => {
  it('are the same after encoding and decoding', () => {
    fc.assert(
      fc.property(ops, (list) => {
        for (const { extra, body } of list) {
          expect(decodeOpPayload(encodeOpPayload({ extra, body }))).toEqual({ extra, body })
        }
      }),
    )
  })

  it('are refused or canonical when random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const decoded = orRefused(() => decodeOpPayload(bytes))
        if (decoded) expect(encodeOpPayload(decoded)).toEqual(bytes)
      }),
    )
  })
})
