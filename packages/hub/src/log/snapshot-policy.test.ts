import { describe, expect, it } from 'vitest'
import { isSnapshotDue } from './snapshot-policy.js'

const policy = { minOps: 1_000, maxOps: 20_000, settleMs: 500 }

describe('isSnapshotDue', () => {
  it.each([
    ['a short tail', 999, 900_000, 0, false],
    ['a tail that is worth it', 1_000, 20_000, 0, true],
    ['a tail that is small beside the snapshot', 1_000, 20_000, 100_000, false],
    ['a tail of half the snapshot', 3_000, 50_000, 100_000, true],
    ['a tail of very many ops', 20_000, 20_000, 10_000_000, true],
    ['few but large ops', 2, 1_048_576, 0, true],
    ['few large ops beside a larger snapshot', 2, 1_048_576, 2_000_000, false],
  ] as const)('%s: %i ops, %i bytes, snapshot of %i: %s', (_name, tailOps, tailBytes, snapshotBytes, due) => {
    expect(isSnapshotDue({ tailOps, tailBytes, snapshotBytes }, policy)).toBe(due)
  })
})
