import { describe, expect, it } from 'vitest'
import { isSnapshotBetter } from './catch-up.js'

describe('isSnapshotBetter', () => {
  it.each([
    ['a short tail', 100, false, 0, 1_000, 20, false],
    ['two hundred thousand ops beside 100 KB', 200_000, false, 500, 100_000, 12, true],
    ['a long tail beside a larger snapshot', 10_000, false, 0, 5_000_000, 12, false],
    ['a tail that is just four times the snapshot', 4_000, false, 0, 32_000, 20, true],
    ['a tail that is less than that', 4_000, false, 0, 32_001, 20, false],
    ['a snapshot that is hardly closer', 4_000, false, 3_900, 100, 20, false],
    ['a snapshot behind the reader', 4_000, false, 5_000, 100, 20, false],
    ['a snapshot where the reader is', 4_000, true, 4_000, 100, 20, false],
    ['below the floor', 20, true, 10, 1_000_000, 20, true],
    ['ops of unknown size', 40_000, false, 0, 200_000, 0, true],
  ] as const)(
    '%s: %i ops behind, below the floor %s, snapshot %i behind, %i bytes, %i an op: %s',
    (_name, opsBehind, isBelowFloor, opsBehindSnapshot, snapshotBytes, opBytes, isBetter) => {
      expect(isSnapshotBetter({ opsBehind, isBelowFloor, opsBehindSnapshot, snapshotBytes, opBytes })).toBe(
        isBetter,
      )
    },
  )
})
