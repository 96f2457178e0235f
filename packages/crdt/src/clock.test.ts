import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.js'
import { MAX_DRIFT_MS, compareStamps, nextStamp, readStamp, writeStamp } from './clock.js'

describe('nextStamp', () => {
  it.each([
    ['takes the wall clock where it leads', 1000, [{ ms: 900, count: 5 }], { ms: 1000, count: 0 }],
    ['counts within a millisecond', 1000, [{ ms: 1000, count: 5 }], { ms: 1000, count: 6 }],
    ['goes on where the clock went back a little', 1000, [{ ms: 1010, count: 0 }], { ms: 1010, count: 1 }],
    [
      'follows the latest of several',
      5,
      [
        { ms: 7, count: 1 },
        { ms: 9, count: 0 },
        { ms: 8, count: 9 },
      ],
      { ms: 9, count: 1 },
    ],
    [
      'follows a clock at the limit of drift',
      0,
      [{ ms: MAX_DRIFT_MS, count: 0 }],
      { ms: MAX_DRIFT_MS, count: 1 },
    ],
    ['follows none beyond it', 7, [{ ms: MAX_DRIFT_MS + 8, count: 0 }], { ms: 7, count: 0 }],
    ['moves on when a millisecond is full', 7, [{ ms: 7, count: 0xffff }], { ms: 8, count: 0 }],
    ['starts at 0 with a clock before 1970', -5, [], { ms: 0, count: 0 }],
    ['starts at 0 without a clock', Number.NaN, [], { ms: 0, count: 0 }],
    ['drops fractions', 12.9, [], { ms: 12, count: 0 }],
    ['stays within the format', Infinity, [], { ms: 0, count: 0 }],
    ['stays within the format far ahead', 1e300, [], { ms: 2 ** 48 - 1, count: 0 }],
  ])('%s', (_name, nowMs, seen, expected) => {
    expect(nextStamp(nowMs, seen)).toEqual(expected)
  })

  const stamps = fc.record({
    ms: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    count: fc.integer({ min: 0, max: 0xfffe }),
  })

  it('is after everything seen that is not absurd, and can be written', () => {
    fc.assert(
      // A clock that is not a finite number counts as none: the table above has those.
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.array(stamps), (nowMs, seen) => {
        const next = nextStamp(nowMs, seen)
        for (const stamp of seen) {
          if (stamp.ms <= nowMs + MAX_DRIFT_MS - 1) expect(compareStamps(next, stamp)).toBeGreaterThan(0)
        }
        const writer = new ByteWriter()
        writeStamp(writer, next)
        expect(readStamp(new ByteReader(writer.finish()))).toEqual(next)
      }),
    )
  })
})
