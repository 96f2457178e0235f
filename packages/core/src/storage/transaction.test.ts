import type { ReplicaId } from '@flowsync/crdt'
import { describe, expect, it } from 'vitest'
import { PendingTransaction, type UnsavedOp } from './transaction.js'

const replica = 'a'.repeat(32) as ReplicaId
const [stream, owner] = ['doc:a', replica]

function unsaved(counter: number): UnsavedOp {
  const op = { replica, counter, count: 1, base: 0, extra: [], body: Uint8Array.of(counter) }
  return { stream, owner, order: counter, op }
}

function countersOf(transaction: PendingTransaction<UnsavedOp>): number[] {
  return transaction.build().add.flatMap(({ ops }) => ops.map(({ counter }) => counter))
}

describe('a pending transaction', () => {
  it('takes back ops that were put back after a removal of more', () => {
    const transaction = new PendingTransaction<UnsavedOp>()
    transaction.removeOps({ stream, replica, through: 3 })
    for (const counter of [1, 2]) transaction.addOp(unsaved(counter))
    transaction.removeOps({ stream, replica, through: 1 })
    expect(countersOf(transaction)).toEqual([2])
    expect(transaction.build().remove).toEqual([{ stream, replica, through: 3 }])
  })

  it('takes back ops that a later one removes', () => {
    const [earlier, later] = [new PendingTransaction<UnsavedOp>(), new PendingTransaction<UnsavedOp>()]
    earlier.removeOps({ stream, replica, through: 3 })
    for (const counter of [1, 2]) earlier.addOp(unsaved(counter))
    later.removeOps({ stream, replica, through: 2 })
    later.addOp(unsaved(4))
    earlier.merge(later)
    expect(countersOf(earlier)).toEqual([4])
  })
})
