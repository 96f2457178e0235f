import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.js'
import { MAX_DRIFT_MS, MAX_TIME, checkTime, nextTime, readTime, writeTime } from './hybrid-time.js'

/** The time of so many milliseconds. */
const at = (ms: number, count = 0) => ms * 16 + count

describe('nextTime', () => {
  it.each([
    ['takes the wall clock where it leads', 1000, [at(900, 5)], at(1000)],
    ['counts within a millisecond', 1000, [at(1000, 5)], at(1000, 6)],
    ['goes on where the clock went back a little', 1000, [at(1010)], at(1010, 1)],
    ['follows the latest of several', 5, [at(7, 1), at(9), at(8, 9)], at(9, 1)],
    ['follows a clock at the limit of drift', 0, [at(MAX_DRIFT_MS)], at(MAX_DRIFT_MS, 1)],
    ['follows none beyond it', 7, [at(MAX_DRIFT_MS + 8)], at(7)],
    ['moves on when a millisecond is full', 7, [at(7, 15)], at(8)],
    ['starts at 0 with a clock before 1970', -5, [], 0],
    ['starts at 0 without a clock', Number.NaN, [], 0],
    ['drops fractions', 12.9, [], at(12)],
    ['stays within the format', Infinity, [], 0],
    ['stays within the format far ahead', 1e300, [], MAX_TIME],
  ])('%s', (_name, nowMs, seen, expected) => {
    expect(nextTime(nowMs, seen)).toBe(expected)
  })

  it('is after everything seen that is not absurd, and can be written', () => {
    fc.assert(
      // A clock that is not a finite number counts as none: the table above has those.
      fc.property(
        fc.double({ noDefaultInfinity: true, noNaN: true }),
        fc.array(fc.integer({ min: 0, max: MAX_TIME - 1 })),
        (nowMs, seen) => {
          const next = nextTime(nowMs, seen)
          for (const time of seen) {
            if (time <= at(nowMs + MAX_DRIFT_MS - 1)) expect(next).toBeGreaterThan(time)
          }
          const writer = new ByteWriter()
          writeTime(writer, next)
          expect(readTime(new ByteReader(writer.finish()))).toBe(next)
        },
      ),
    )
  })
})

describe('a written time', () => {
  it('has its highest byte first', () => {
    const writer = new ByteWriter()
    writeTime(writer, 0x0102_0384_0586)
    expect([...writer.view()]).toEqual([1, 2, 3, 0x84, 5, 0x86])
  })

  it.each([-1, MAX_TIME + 1])('is never %d', (time) => {
    expect(() => checkTime(time)).toThrowError(expect.objectContaining({ code: 'codec/malformed' }))
  })
})
