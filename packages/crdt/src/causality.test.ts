import { describe, expect, it } from 'vitest'
import { covers } from './causality.js'
import type { ReplicaId } from './op.js'

const [ann, ben, cid] = ['a', 'b', 'c'].map((digit) => digit.repeat(32) as ReplicaId) as [
  ReplicaId,
  ReplicaId,
  ReplicaId,
]
/** Ann's fourth op: she had folded up to seq 10 and shares her outbox with Ben, of whom she holds two ops. */
const op = { replica: ann, counter: 4, base: 10, extra: [{ replica: ben, counter: 2 }] }

describe('covers', () => {
  it.each([
    ['what has a seq up to the base', { replica: cid, counter: 7, seq: 10 }, true],
    ['nothing that was placed later', { replica: cid, counter: 7, seq: 11 }, false],
    ['nothing of others that has no place', { replica: cid, counter: 1, seq: undefined }, false],
    ['earlier ops of its author, placed later or not at all', { replica: ann, counter: 3, seq: 12 }, true],
    ['earlier ops of its author without a place', { replica: ann, counter: 3, seq: undefined }, true],
    ['not itself', { replica: ann, counter: 4, seq: undefined }, false],
    ['nothing its author did later', { replica: ann, counter: 5, seq: 13 }, false],
    ['what it names', { replica: ben, counter: 2, seq: undefined }, true],
    ['what came before that', { replica: ben, counter: 1, seq: 14 }, true],
    ['nothing after it', { replica: ben, counter: 3, seq: 15 }, false],
  ])('%s', (_name, dot, expected) => {
    expect(covers(op, dot)).toBe(expected)
  })
})
