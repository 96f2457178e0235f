import type { ReplicaId, SequencedOp } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { checkLedger, Ledger, type LedgerEntry } from './ledger.js'
import { createRandom } from './random.js'
import { drawEdit } from './workload.js'

const replica = 'a'.repeat(32) as ReplicaId
const author = { device: 0, incarnation: 1, isReader: false, isTab: false }
const random = createRandom('ledger')

function logOf(...markers: string[]): SequencedOp[] {
  return markers.map((marker, index) => ({
    seq: index + 1,
    replica,
    counter: index + 1,
    count: 1,
    base: 0,
    extra: [],
    body: new TextEncoder().encode(marker),
  }))
}

function entriesOf(...changes: Partial<LedgerEntry>[]): readonly LedgerEntry[] {
  const ledger = new Ledger()
  for (const [index, change] of changes.entries()) {
    Object.assign(ledger.add(author, 'chat:a', drawEdit('chat:a', random, [], index + 1)), change)
  }
  return ledger.all
}

const check = (entries: readonly LedgerEntry[], ops: readonly SequencedOp[], isFinal = true) =>
  checkLedger(entries, ops, [], { isFinal })

describe('checkLedger', () => {
  it('is content when everything promised is there, once and in order', () => {
    const entries = entriesOf(
      { saved: 'yes', ackedSeq: 1 },
      { saved: 'yes' },
      { saved: 'open' },
      { saved: 'no' },
    )
    expect(check(entries, logOf('<1>', '<2>'))).toEqual([])
    expect(check(entries, logOf('<1>', '<2>', '<3>', '<4>'))).toEqual([])
  })

  it('finds a lost acknowledged edit, even before the end', () => {
    const entries = entriesOf({ saved: 'yes', ackedSeq: 1 })
    expect(check(entries, [], false)).toEqual([expect.stringMatching(/^G1: .* is at no place/)])
    expect(check(entries, logOf('<9>', '<1>'), false)).toEqual([expect.stringMatching(/^G1: .* is at 2/)])
  })

  it('finds a lost saved edit, in the end', () => {
    const entries = entriesOf({ saved: 'yes' })
    expect(check(entries, [], false)).toEqual([])
    expect(check(entries, [])).toEqual([expect.stringMatching(/^G2: .* never took effect/)])
  })

  it('finds repetitions, swaps and refused edits that took effect', () => {
    expect(check(entriesOf({ saved: 'yes' }), logOf('<1>', '<1>'))[0]).toMatch(/2 times/)
    expect(check(entriesOf({ saved: 'yes' }, { saved: 'yes' }), logOf('<2>', '<1>'))[0]).toMatch(
      /before an earlier/,
    )
    expect(check(entriesOf({ saved: 'yes', refused: 'acl/denied' }), logOf('<1>'))[0]).toMatch(/refused/)
  })

  it('knows counter edits by their amounts', () => {
    const ledger = new Ledger()
    const edit = drawEdit('counter:a', random, 0, 12)
    ledger.add(author, 'counter:a', edit).ackedSeq = 2
    const ops = logOf('', '')
    expect(checkLedger(ledger.all, ops, [3, edit.amount], { isFinal: true })).toEqual([])
    expect(checkLedger(ledger.all, ops, [edit.amount, edit.amount], { isFinal: true })).toHaveLength(2)
  })
})
