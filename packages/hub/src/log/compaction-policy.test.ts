import { describe, expect, it } from 'vitest'
import { compactIdleThrough, compactThrough, DEFAULT_COMPACTION_POLICY } from './compaction-policy.js'

const policy = {
  ...DEFAULT_COMPACTION_POLICY,
  keepOps: 1_000,
  keepBytes: 100_000,
  minOps: 500,
  minBytes: 50_000,
  idleKeepOps: 100,
  idleMinOps: 50,
}

describe('compactThrough', () => {
  it.each([
    ['a short log', 900, 0, 900, 20, undefined],
    ['a log that has just enough', 1_500, 0, 1_500, 20, 500],
    ['a log that has one op too few', 1_499, 0, 1_499, 20, undefined],
    ['nothing above the snapshot', 5_000, 0, 700, 20, 700],
    ['a log without a snapshot', 5_000, 0, 0, 20, undefined],
    ['what is left above the floor', 5_000, 3_800, 5_000, 20, undefined],
    ['what has grown since above the floor', 5_600, 4_000, 5_600, 20, 4_600],
    ['few large ops, of which fewer stay', 200, 0, 200, 1_000, 100],
    ['a few large ops', 120, 0, 120, 1_000, undefined],
    ['an op larger than all that may stay', 3, 0, 3, 200_000, 3],
    ['ops of unknown size', 1_600, 0, 1_600, 0, 600],
    ['a log that is compacted to its head', 2_000, 2_000, 2_000, 20, undefined],
  ] as const)(
    '%s: head %i, floor %i, snapshot %i, %i bytes an op: %s',
    (_name, headSeq, floorSeq, snapshotSeq, opBytes, through) => {
      expect(compactThrough({ headSeq, floorSeq, snapshotSeq, opBytes }, policy)).toBe(through)
    },
  )
})

describe('compactIdleThrough', () => {
  it.each([
    ['an empty log', 0, 0, undefined],
    ['a short log', 149, 0, undefined],
    ['a log with enough', 150, 0, 50],
    ['what came since the last time', 1_000, 860, undefined],
    ['enough of it', 1_000, 850, 900],
  ] as const)('%s: head %i, floor %i: %s', (_name, headSeq, floorSeq, through) => {
    expect(compactIdleThrough({ headSeq, floorSeq }, policy)).toBe(through)
  })
})
