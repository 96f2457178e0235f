import assert from 'node:assert/strict'
import type { LogDriver } from '@flowsync/hub'
import { op, refusal, replica, seqs, StreamUnderTest } from './log-driver-store.js'

const [a, b] = [replica(1), replica(2)]

type Check = (driver: LogDriver) => Promise<void>

/** What appending means: dense seqs, exactly once, all or nothing, in the name of the right subject. */
export const appendCases: Readonly<Record<string, Check>> = {
  'gives dense seqs in the order of the batches': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const other = await StreamUnderTest.open(driver, 'doc:b')
    const outcomes = await driver.append([
      doc.batch([op(a, 1), op(a, 2)]),
      other.batch([op(a, 1)]),
      doc.batch([op(b, 1)], 'bob'),
    ])
    assert.deepEqual(outcomes.map(seqs), [[1, 2], [1], [3]])
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'ok' && outcome.priorHeadSeq),
      [0, 0, 2],
    )
    assert.deepEqual(await doc.seqsOf([op(a, 3, 3)]), [4])
  },

  'returns the stored seq of ops that are in already': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    await doc.append([op(a, 1), op(a, 2)])
    await doc.append([op(b, 1)], 'bob')
    assert.deepEqual(await doc.append([op(a, 1), op(a, 2), op(a, 3)]), {
      kind: 'ok',
      seqs: [1, 2, 4],
      priorHeadSeq: 3,
    })
    assert.deepEqual(await doc.seqsOf([op(a, 2)]), [2])
    assert.equal((await doc.bodies()).length, 4)
  },

  'finds every stored op of a long and crowded log': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const crowd = Array.from({ length: 7 }, (_, index) => replica(index + 1))
    for (let round = 1; round <= 60; round++) {
      for (const [index, author] of crowd.entries()) {
        const ops = Array.from({ length: index * 3 + 1 }, (_, i) =>
          op(author, (round - 1) * (index * 3 + 1) + i + 1),
        )
        await doc.append(ops)
      }
    }
    const slice = await driver.read({ ...doc.head, afterSeq: 0, limitBytes: 10_000_000 })
    for (const { seq, ...stored } of slice?.ops ?? []) {
      if (seq % 37 !== 0) continue
      assert.deepEqual(await doc.seqsOf([stored]), [seq])
    }
    assert.equal(slice?.ops.length, 60 * (1 + 4 + 7 + 10 + 13 + 16 + 19))
  },

  'sees the batches before it in the same transaction': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const outcomes = await driver.append([
      doc.batch([op(a, 1)]),
      doc.batch([op(a, 2)]),
      doc.batch([op(a, 1), op(a, 3)]),
      doc.batch([op(a, 5)]),
    ])
    assert.deepEqual(outcomes.slice(0, 3).map(seqs), [[1], [2], [1, 3]])
    assert.equal(refusal(outcomes[3]).code, 'op/counter-gap')
  },

  'refuses a counter that jumps and names the expected one': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    assert.deepEqual(refusal(await doc.append([op(a, 2)])), {
      code: 'op/counter-gap',
      details: { replica: a, expected: 1 },
    })
    await doc.append([op(a, 1, 0, { count: 5 })])
    assert.deepEqual(refusal(await doc.append([op(a, 7)])).details, { replica: a, expected: 6 })
    assert.deepEqual(await doc.seqsOf([op(a, 6)]), [2])
  },

  'stores a batch as a whole or not at all': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    assert.equal(refusal(await doc.append([op(a, 1), op(a, 2), op(a, 4)])).code, 'op/counter-gap')
    assert.deepEqual(await doc.bodies(), [])
    assert.deepEqual(await driver.countersOf(doc.head, [a]), [0])
    assert.deepEqual(await doc.seqsOf([op(a, 1)], 'bob'), [1], 'a refused batch binds no replica')
  },

  'refuses a counter that another op of the replica has': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    await doc.append([op(a, 1, 0, { count: 3 })])
    for (const forged of [op(a, 1, 0, { count: 3, body: Uint8Array.of(9) }), op(a, 1), op(a, 2)]) {
      assert.equal(refusal(await doc.append([forged])).code, 'op/invalid')
    }
  },

  'binds a replica to the subject that appends under it first': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    await doc.append([op(a, 1)], 'alice')
    const forged = await doc.append([op(b, 1), op(a, 2)], 'mallory')
    assert.deepEqual(refusal(forged), { code: 'op/replica-foreign', details: { replica: a } })
    assert.equal(refusal(await doc.append([op(a, 1)], 'mallory')).code, 'op/replica-foreign')
    const elsewhere = await StreamUnderTest.open(driver, 'doc:b')
    assert.equal(refusal(await elsewhere.append([op(a, 1)], 'mallory')).code, 'op/replica-foreign')
    const otherWorkspace = await StreamUnderTest.open(driver, 'doc:a', 'other')
    assert.deepEqual(await otherWorkspace.seqsOf([op(a, 1)], 'mallory'), [1])
    assert.deepEqual(await doc.seqsOf([op(a, 2)], 'alice'), [2])
  },

  'refuses a version that does not exist': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    await doc.append([op(a, 1)])
    assert.equal(refusal(await doc.append([op(b, 1, 2)])).code, 'op/unknown-base')
    const stranger = { replica: replica(9), counter: 1 }
    assert.equal(refusal(await doc.append([op(b, 1, 1, { extra: [stranger] })])).code, 'op/unknown-base')
    const known = { replica: a, counter: 1 }
    assert.deepEqual(await doc.seqsOf([op(b, 1, 1, { extra: [known] })]), [2])
    const outcomes = await driver.append([doc.batch([op(b, 2, 2)]), doc.batch([op(a, 2, 3)])])
    assert.equal(refusal(outcomes[1]).code, 'op/unknown-base', 'nobody can have seen what is not committed')
  },

  'refuses another epoch and an unknown stream': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const batch = doc.batch([op(a, 1)])
    const outcomes = await driver.append([
      { ...batch, epoch: '0123456789abcdef' },
      { ...batch, stream: 'doc:none' },
      { ...batch, workspace: 'other' },
    ])
    assert.deepEqual(
      outcomes.map((outcome) => refusal(outcome).code),
      ['stream/epoch-changed', 'stream/unknown', 'stream/unknown'],
    )
    assert.equal(refusal(outcomes[0]).details['epoch'], doc.head.epoch)
  },

  'keeps concurrent appenders apart': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const authors = Array.from({ length: 20 }, (_, index) => replica(index + 1))
    const outcomes = await Promise.all(
      authors.flatMap((author) => [
        doc.append([op(author, 1), op(author, 2)]),
        doc.append([op(author, 3)]),
        doc.append([op(author, 2), op(author, 3), op(author, 4)]),
      ]),
    )
    assert.deepEqual(
      new Set(outcomes.flatMap(seqs)),
      new Set(Array.from({ length: 80 }, (_, index) => index + 1)),
    )
    assert.equal((await doc.bodies()).length, 80)
  },
}
