import { ByteWriter } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS, MAX_ORDINAL } from '../limits.js'
import { FrameReader } from './frame-reader.js'
import { seqList } from './seq-list.js'

function encode(seqs: readonly number[]): Uint8Array {
  const writer = new ByteWriter()
  seqList.write(writer, seqs)
  return writer.finish()
}
const decode = (bytes: readonly number[], items = DEFAULT_LIMITS.items) =>
  seqList.read(new FrameReader(Uint8Array.from(bytes), { ...DEFAULT_LIMITS, items }))

describe('seq lists', () => {
  it('take three bytes for a run of any length', () => {
    const run = Array.from({ length: 100 }, (_, index) => index + 20)
    expect(encode(run)).toEqual(Uint8Array.of(1, 20, 100))
    expect(decode([1, 20, 100])).toEqual(run)
  })

  it('keep any order and repetition', () => {
    for (const seqs of [[], [3, 3], [9, 10, 4, 5, 6], [1, 2, 3, 2, 3]])
      expect(decode([...encode(seqs)])).toEqual(seqs)
  })

  it.each([
    ['a run that could be part of the one before', [2, 1, 2, 3, 1]],
    ['an empty run', [1, 5, 0]],
    ['a seq of 0', [1, 0, 1]],
    ['a run above the limit', [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 2]],
  ])('refuse %s', (_, bytes) => {
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ code: 'codec/malformed' }) as Error)
  })

  it('refuse a short frame that asks for a long list', () => {
    expect(() => decode([1, 1, 0xff, 0xff, 0xff, 0x7f])).toThrow(
      expect.objectContaining({ code: 'frame/too-large' }) as Error,
    )
  })

  it('refuse to encode what is no seq', () => {
    for (const bad of [0, -1, 1.5, Number.NaN, MAX_ORDINAL + 1]) {
      expect(() => encode([bad])).toThrow(expect.objectContaining({ code: 'codec/invalid-value' }) as Error)
    }
  })
})
