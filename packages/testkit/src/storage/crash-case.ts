import assert from 'node:assert/strict'
import type { Op } from '@flowsync/crdt'
import type { LogDriver } from '@flowsync/hub'
import { op, replica, seqs, StreamUnderTest, WHOLE_LOG } from './log-driver-store.js'

const AUTHORS = 4
const ROUNDS = 3
const BATCHES = 12

interface Sent {
  readonly ops: readonly Op[]
  /** What the crashed driver answered, if it did. */
  seqs: readonly number[] | undefined
}

/**
 * Leaves drivers behind in the middle of appends: what was acknowledged is there where it was said to be, and of
 * what was not each batch as a whole or not at all.
 */
export async function checkCrash(
  open: () => Promise<LogDriver>,
  leave: (driver: LogDriver) => Promise<void>,
): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    const crashing = await open()
    const doc = await StreamUnderTest.open(crashing)
    const sent: Sent[] = []
    let acknowledged = 0
    const settled: Promise<void>[] = []
    const someAcknowledged = new Promise<void>((resolve) => {
      for (let index = 0; index < BATCHES; index++) {
        const author = replica(1 + (index % AUTHORS))
        const begun = ((round - 1) * (BATCHES / AUTHORS) + Math.floor(index / AUTHORS)) * 3
        const ops = [1, 2, 3].map((number) => op(author, begun + number))
        const batch: Sent = { ops, seqs: undefined }
        sent.push(batch)
        const appending = doc.append(ops).then((outcome) => {
          batch.seqs = seqs(outcome)
          if (++acknowledged === round) resolve()
        })
        settled.push(appending.catch(() => undefined))
      }
    })
    await someAcknowledged
    await leave(crashing)
    await Promise.all(settled)
    await checkAfterCrash(await open(), round, sent)
  }
}

async function checkAfterCrash(driver: LogDriver, round: number, sent: readonly Sent[]): Promise<void> {
  const doc = await StreamUnderTest.open(driver)
  // Whatever is stored in halves now has this op between its halves once it is sent again.
  await doc.append([op(replica(9), round)])
  for (const batch of sent) {
    const stored = await doc.seqsOf(batch.ops)
    if (batch.seqs) assert.deepEqual(stored, batch.seqs, 'what was acknowledged has its seqs')
    const [first = 0] = stored
    assert.deepEqual(stored, [first, first + 1, first + 2], 'a batch is stored as a whole')
  }
  const slice = await driver.read({ ...doc.head, afterSeq: 0, limitBytes: WHOLE_LOG })
  assert.equal(slice?.ops.length, round * (BATCHES * 3 + 1), 'every op is stored once')
  await driver.close()
}
