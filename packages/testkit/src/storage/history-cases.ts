import assert from 'node:assert/strict'
import type { Op } from '@flowsync/crdt'
import type { LogDriver } from '@flowsync/hub'
import {
  everyRead,
  op,
  refusal,
  rejectionOf,
  replica,
  StreamUnderTest,
  WHOLE_LOG,
} from './log-driver-store.js'

const [a, b] = [replica(1), replica(2)]
const OTHER_EPOCH = '0123456789abcdef'

type Check = (driver: LogDriver) => Promise<void>

/** Commits of ever other sizes by two authors; every op takes two counters. */
async function fill(doc: StreamUnderTest, commits: number): Promise<Op[]> {
  const all: Op[] = []
  const next = new Map([
    [a, 1],
    [b, 1],
  ])
  for (let commit = 0; commit < commits; commit++) {
    const author = commit % 3 === 2 ? b : a
    const ops = Array.from({ length: 1 + (commit % 4) }, () => {
      const counter = next.get(author) ?? 1
      next.set(author, counter + 2)
      return op(author, counter, all.length, { count: 2, body: Uint8Array.of(counter, commit, 9) })
    })
    await doc.append(ops)
    all.push(...ops)
  }
  return all
}

/** What moving, forgetting and copying a log's beginning does to it: nothing that anybody sees, or exactly what was asked for. */
export const historyCases: Readonly<Record<string, Check>> = {
  'compacts up to any op, also in the middle of a commit, and nobody sees it': async (driver) => {
    const model = await StreamUnderTest.open(driver, 'doc:model')
    const ops = await fill(model, 12)
    const reads = await everyRead(model)
    for (let throughSeq = 1; throughSeq <= ops.length; throughSeq++) {
      const doc = await StreamUnderTest.open(driver, `doc:${throughSeq}`)
      await fill(doc, 12)
      await doc.snapshot(ops.length)
      assert.equal((await doc.compact(throughSeq))?.floorSeq, throughSeq)
      assert.deepEqual(await everyRead(doc), reads, `compacted through ${throughSeq}`)
      assert.deepEqual(
        await doc.seqsOf(ops),
        ops.map((_, index) => index + 1),
        'retries get their seqs',
      )
      assert.deepEqual(await driver.countersOf(doc.head, [a, b]), await driver.countersOf(model.head, [a, b]))
      assert.equal((await doc.compact(ops.length))?.floorSeq, ops.length)
      assert.deepEqual(await everyRead(doc), reads, `compacted through ${throughSeq} and the rest`)
      assert.deepEqual(await doc.seqsOf([op(replica(3), 1, ops.length)]), [ops.length + 1])
    }
  },

  'compacts no further than the newest snapshot, and only in the right epoch': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const { length } = await fill(doc, 10)
    assert.equal((await doc.compact(length))?.floorSeq, 0, 'no snapshot, no floor')
    await doc.snapshot(7)
    assert.equal((await driver.compact(doc.head, OTHER_EPOCH, length))?.floorSeq, 0)
    assert.equal((await doc.compact(0))?.floorSeq, 0)
    assert.deepEqual(await doc.compact(length), { ...doc.head, headSeq: length, floorSeq: 7 })
    assert.deepEqual(await doc.compact(length), { ...doc.head, headSeq: length, floorSeq: 7 })
    assert.equal((await doc.compact(3))?.floorSeq, 7, 'the floor never falls')
    assert.deepEqual((await driver.positionsOf([doc.head]))[0]?.floorSeq, 7)
    assert.equal((await driver.read({ ...doc.head, afterSeq: 0, limitBytes: 1 }))?.floorSeq, 7)
    assert.equal(await driver.compact({ ...doc.head, stream: 'doc:none' }, doc.head.epoch, 9), undefined)
    for (let seq = 8; seq <= length; seq++) await doc.snapshot(seq)
    await doc.snapshot(2)
    const newest = await driver.latestSnapshot(doc.head)
    assert.ok(newest && newest.seq >= 7, 'a snapshot at or above the floor stays')
  },

  'compacts a long log piece by piece': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const length = 20_000
    for (let done = 0; done < length; done += 2_000) {
      await doc.append(Array.from({ length: 2_000 }, (_, index) => op(a, done + index + 1)))
    }
    await doc.snapshot(length)
    const before = await driver.read({ ...doc.head, afterSeq: 0, limitBytes: WHOLE_LOG })
    let floorSeq = 0
    for (let calls = 0; floorSeq < length; calls++) {
      const raised = (await doc.compact(length))?.floorSeq ?? 0
      assert.ok(raised > floorSeq && raised - floorSeq <= 10_000, `${floorSeq} became ${raised}`)
      assert.ok(calls < 200)
      floorSeq = raised
    }
    const after = await driver.read({ ...doc.head, afterSeq: 0, limitBytes: WHOLE_LOG })
    assert.deepEqual(after?.ops, before?.ops)
    assert.deepEqual(
      (await driver.read({ ...doc.head, afterSeq: 9_999, limitBytes: 1 }))?.ops[0]?.seq,
      10_000,
    )
    assert.deepEqual(await doc.seqsOf([op(a, 12_345), op(a, length + 1)]), [12_345, length + 1])
  },

  'compacts while others append': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const authors = [1, 2, 3, 4].map(replica)
    const appending = authors.map(async (author) => {
      for (let counter = 1; counter <= 40; counter += 2) {
        assert.equal((await doc.append([op(author, counter), op(author, counter + 1)])).kind, 'ok')
      }
    })
    const compacting = (async () => {
      for (let round = 0; round < 25; round++) {
        const { headSeq = 0 } = (await driver.findStream(doc.head)) ?? {}
        await doc.snapshot(headSeq)
        await doc.compact(headSeq - (round % 3))
        const slice = await driver.read({ ...doc.head, afterSeq: 0, limitBytes: WHOLE_LOG })
        assert.ok(slice && slice.ops.length >= headSeq)
        slice.ops.forEach((stored, index) => assert.equal(stored.seq, index + 1))
      }
    })()
    await Promise.all([...appending, compacting])
    const slice = await driver.read({ ...doc.head, afterSeq: 0, limitBytes: WHOLE_LOG })
    assert.equal(slice?.ops.length, 160)
    for (const author of authors) {
      const counters: number[] = slice.ops
        .filter(({ replica: by }) => by === author)
        .map(({ counter }) => counter)
      assert.deepEqual(
        counters,
        Array.from({ length: 40 }, (_, index) => index + 1),
      )
    }
  },

  'truncates at a snapshot of the head, and only then': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const { length } = await fill(doc, 9)
    const { epoch } = doc.head
    const whole = { ...doc.head, headSeq: length }
    assert.deepEqual(await driver.truncate(doc.head, epoch, length), whole, 'no snapshot')
    await doc.snapshot(length - 1)
    assert.deepEqual(await driver.truncate(doc.head, epoch, length), whole, 'a snapshot below the head')
    assert.deepEqual(
      await driver.truncate(doc.head, epoch, length - 1),
      whole,
      'a snapshot that is not the head',
    )
    await doc.snapshot(length)
    assert.deepEqual(await driver.truncate(doc.head, OTHER_EPOCH, length), whole, 'another epoch')
    assert.equal(await driver.truncate({ ...doc.head, stream: 'doc:none' }, epoch, length), undefined)
    const empty = await StreamUnderTest.open(driver, 'doc:empty')
    assert.deepEqual(await driver.truncate(empty.head, empty.head.epoch, 0), empty.head, 'nothing to forget')

    const truncated = await driver.truncate(doc.head, epoch, length)
    assert.ok(truncated && truncated.epoch !== epoch)
    assert.match(truncated.epoch, /^[0-9a-f]{16}$/)
    assert.deepEqual(truncated, { ...whole, epoch: truncated.epoch, floorSeq: length, truncatedSeq: length })
    assert.deepEqual(await driver.findStream(doc.head), truncated)
    assert.deepEqual(await driver.truncate(doc.head, epoch, length), truncated, 'not twice')
  },

  'keeps of a truncated log who wrote it and how far they came': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const ops = await fill(doc, 9)
    await doc.append([op(b, 1)], 'bob')
    const counters: readonly number[] = await driver.countersOf(doc.head, [a, b])
    await doc.snapshot(ops.length)
    await doc.compact(5)
    const headSeq = ops.length
    const truncated = await driver.truncate(doc.head, doc.head.epoch, headSeq)
    assert.equal(truncated?.truncatedSeq, headSeq)

    assert.equal(refusal(await doc.append(ops.slice(-1))).code, 'stream/epoch-changed')
    const again = await StreamUnderTest.open(driver)
    assert.deepEqual(await driver.countersOf(again.head, [a, b]), counters)
    const [nextOfA = 0, nextOfB = 0] = counters.map((counter) => counter + 1)
    assert.deepEqual(await driver.replicasOf(again.head, { limit: 9 }), [
      { replica: a, subject: 'alice', nextCounter: nextOfA, truncatedCounter: nextOfA },
      { replica: b, subject: 'alice', nextCounter: nextOfB, truncatedCounter: nextOfB },
    ])
    assert.deepEqual(await again.seqsOf(ops.slice(0, 3)), [headSeq, headSeq, headSeq], 'what is in, is in')
    assert.equal(await driver.findSeq(again.head, { replica: a, counter: 1 }, 'alice'), headSeq)
    assert.equal(refusal(await again.append([op(a, nextOfA, headSeq)], 'mallory')).code, 'op/replica-foreign')
    const gap = refusal(await again.append([op(a, nextOfA + 1, headSeq)]))
    assert.deepEqual(gap.details, { replica: a, expected: nextOfA })
    assert.equal(refusal(await again.append([op(a, nextOfA, headSeq - 1)])).code, 'stream/truncated')
    assert.deepEqual(await again.seqsOf([op(a, nextOfA, headSeq), op(b, nextOfB, headSeq)]), [
      headSeq + 1,
      headSeq + 2,
    ])
    assert.deepEqual(await again.seqsOf([op(a, nextOfA, headSeq)]), [headSeq + 1])
    assert.equal(await driver.findSeq(again.head, { replica: b, counter: nextOfB }, 'alice'), headSeq + 2)

    for (const afterSeq of [0, headSeq - 1]) {
      assert.equal(
        await rejectionOf(driver.read({ ...again.head, afterSeq, limitBytes: 9 })),
        'stream/truncated',
      )
    }
    const tail = await driver.read({ ...again.head, afterSeq: headSeq, limitBytes: 1_000 })
    assert.deepEqual(
      tail?.ops.map(({ seq }) => seq),
      [headSeq + 1, headSeq + 2],
    )
    assert.equal((await driver.latestSnapshot(again.head))?.seq, headSeq)
    assert.equal(
      await driver.latestSnapshot(again.head, headSeq - 1),
      undefined,
      'older snapshots are gone too',
    )
    await again.snapshot(headSeq - 1)
    assert.equal(await driver.latestSnapshot(again.head, headSeq - 1), undefined, 'and none comes back')
  },

  'truncates again and again': async (driver) => {
    let headSeq = 0
    for (let life = 1; life <= 3; life++) {
      const doc = await StreamUnderTest.open(driver)
      assert.deepEqual(doc.head.truncatedSeq, headSeq)
      const ops = [op(a, life * 2 - 1, headSeq), op(a, life * 2, headSeq)]
      if (life > 1) ops.push(op(b, life - 1, headSeq))
      headSeq += ops.length
      assert.equal((await doc.seqsOf(ops)).at(-1), headSeq)
      await doc.snapshot(headSeq)
      await driver.truncate(doc.head, doc.head.epoch, headSeq)
    }
    const doc = await StreamUnderTest.open(driver)
    assert.deepEqual(await driver.countersOf(doc.head, [a, b]), [6, 2])
    assert.deepEqual(await doc.seqsOf([op(a, 1), op(b, 2), op(a, 7, headSeq)]), [
      headSeq,
      headSeq,
      headSeq + 1,
    ])
  },
}
