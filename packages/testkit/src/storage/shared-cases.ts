import assert from 'node:assert/strict'
import { isFlowSyncError } from '@flowsync/crdt'
import type { LogDriver } from '@flowsync/hub'
import { op, refusal, rejectionOf, replica, seqs, StreamUnderTest, WHOLE_LOG } from './log-driver-store.js'

const [a, b] = [replica(1), replica(2)]

/** Three drivers that are open on one store at the same time. */
export type SharedCheck = (drivers: readonly [LogDriver, LogDriver, LogDriver]) => Promise<void>

/** What several hubs on one store can rely on: each sees what the others have committed, whatever it remembers. */
export const sharedCases: Readonly<Record<string, SharedCheck>> = {
  'gives one epoch when several drivers open a stream at once': async (drivers) => {
    for (const stream of ['doc:a', 'doc:b', 'doc:c']) {
      const docs = await Promise.all(drivers.map((driver) => StreamUnderTest.open(driver, stream)))
      const heads = docs.map(({ head }) => head)
      assert.deepEqual(heads, [heads[0], heads[0], heads[0]])
    }
  },

  'gives dense seqs to what several drivers append at once': async (drivers) => {
    const names = ['doc:a', 'doc:b']
    const commits = drivers.flatMap((driver, index) =>
      names.map(async (name) => {
        const doc = await StreamUnderTest.open(driver, name)
        const author = replica(index + 1)
        const given: number[] = []
        for (let counter = 1; counter <= 60; counter += 3) {
          given.push(
            ...(await doc.seqsOf([op(author, counter), op(author, counter + 1), op(author, counter + 2)])),
          )
        }
        return { name, author, given }
      }),
    )
    const results = await Promise.all(commits)
    for (const name of names) {
      const slices = await Promise.all(
        drivers.map((driver) =>
          driver.read({ workspace: 'acme', stream: name, afterSeq: 0, limitBytes: WHOLE_LOG }),
        ),
      )
      const ops = slices[0]?.ops ?? []
      assert.deepEqual(
        ops.map(({ seq }) => seq),
        Array.from({ length: 180 }, (_, index) => index + 1),
      )
      for (const slice of slices) assert.deepEqual(slice, slices[0])
      for (const { author, given } of results.filter((result) => result.name === name)) {
        const own = ops.filter((stored) => stored.replica === author)
        assert.deepEqual(
          own.map(({ seq }) => seq),
          given,
        )
        assert.deepEqual(
          own.map(({ counter }) => counter),
          Array.from({ length: 60 }, (_, index) => index + 1),
        )
      }
    }
  },

  'stores once what is sent through several drivers': async (drivers) => {
    const docs = await Promise.all(drivers.map((driver) => StreamUnderTest.open(driver)))
    for (let counter = 1; counter <= 30; counter += 2) {
      const ops = [op(a, counter), op(a, counter + 1)]
      const answers = await Promise.all(docs.map((doc) => doc.seqsOf(ops)))
      assert.deepEqual(answers, [
        [counter, counter + 1],
        [counter, counter + 1],
        [counter, counter + 1],
      ])
    }
    assert.equal((await docs[0]?.bodies())?.length, 30)
  },

  'continues what another driver has begun': async ([one, two]) => {
    const first = await StreamUnderTest.open(one)
    const second = await StreamUnderTest.open(two)
    for (let counter = 1; counter <= 40; counter += 2) {
      assert.deepEqual(await first.seqsOf([op(a, counter, counter - 1)]), [counter])
      assert.deepEqual(await second.seqsOf([op(a, counter + 1, counter)]), [counter + 1])
    }
    const gap = refusal(await first.append([op(a, 50)]))
    assert.deepEqual(gap.details, { replica: a, expected: 41 })
    assert.deepEqual(await two.countersOf(first.head, [a, b]), [40, 0])
    assert.equal((await one.findStream(first.head))?.headSeq, 40)
    assert.equal((await one.positionsOf([first.head]))[0]?.headSeq, 40)
    assert.equal(await one.latestSnapshot(first.head), undefined)
    await second.snapshot(40)
    assert.equal((await one.latestSnapshot(first.head))?.seq, 40)
  },

  'lets one subject have a replica, whichever driver it comes through': async (drivers) => {
    const docs = await Promise.all(drivers.map((driver) => StreamUnderTest.open(driver)))
    const [first, second] = docs
    assert.ok(first && second)
    await first.append([op(a, 1)], 'alice')
    assert.equal(refusal(await second.append([op(a, 2)], 'mallory')).code, 'op/replica-foreign')
    for (let number = 10; number < 20; number++) {
      const author = replica(number)
      const outcomes = await Promise.all(
        docs.map((doc, index) =>
          doc.append([op(author, 1, 0, { body: Uint8Array.of(index) })], `subject ${index}`),
        ),
      )
      const winners = outcomes.filter(({ kind }) => kind === 'ok')
      assert.equal(winners.length, 1, 'one of those who race')
      for (const outcome of outcomes) {
        if (outcome.kind === 'failed') assert.equal(outcome.error.code, 'op/replica-foreign')
      }
    }
    assert.equal((await first.bodies()).length, 11)
  },

  'sees what another driver compacts': async ([one, two]) => {
    const first = await StreamUnderTest.open(one)
    const second = await StreamUnderTest.open(two)
    for (let counter = 1; counter <= 30; counter += 3) {
      await first.append([op(a, counter), op(a, counter + 1), op(a, counter + 2)])
    }
    const before = await second.bodies()
    await first.snapshot(30)
    assert.equal((await second.compact(17))?.floorSeq, 17)
    assert.deepEqual(await first.bodies(), before)
    assert.equal((await one.findStream(first.head))?.floorSeq, 17)
    assert.deepEqual(await first.seqsOf([op(a, 5), op(a, 20), op(a, 31)]), [5, 20, 31])
    assert.equal((await first.compact(30))?.floorSeq, 30)
    assert.deepEqual((await second.bodies()).slice(0, 30), before)
    assert.deepEqual(await second.seqsOf([op(a, 18), op(a, 32)]), [18, 32])
  },

  'compacts once what several drivers compact, while they append': async (drivers) => {
    const docs = await Promise.all(drivers.map((driver) => StreamUnderTest.open(driver)))
    await Promise.all(
      docs.map(async (doc, index) => {
        const author = replica(index + 1)
        for (let counter = 1; counter <= 40; counter += 2) {
          const [, last = 0] = await doc.seqsOf([op(author, counter), op(author, counter + 1)])
          await doc.snapshot(last)
          await doc.compact(last - (counter % 3))
          const slice = await doc.driver.read({ ...doc.head, afterSeq: 0, limitBytes: WHOLE_LOG })
          assert.ok(slice && slice.ops.length >= last)
          slice.ops.forEach((stored, at) => assert.equal(stored.seq, at + 1))
        }
      }),
    )
    const all = await Promise.all(docs.map((doc) => doc.bodies()))
    assert.equal(all[0]?.length, 120)
    assert.deepEqual(all, [all[0], all[0], all[0]])
    const [first] = docs
    for (const author of [1, 2, 3].map(replica)) {
      const retried = Array.from({ length: 40 }, (_, index) => op(author, index + 1))
      const stored = await first?.seqsOf(retried)
      assert.ok(stored?.every((seq, index) => index === 0 || seq > (stored[index - 1] ?? 0)))
    }
  },

  'sees what another driver truncates': async ([one, two]) => {
    const first = await StreamUnderTest.open(one)
    const second = await StreamUnderTest.open(two)
    await first.append([op(a, 1), op(a, 2), op(a, 3)])
    await second.append([op(b, 1)], 'bob')
    await second.snapshot(4)
    const truncated = await two.truncate(second.head, second.head.epoch, 4)
    assert.equal(truncated?.truncatedSeq, 4)
    const refused = refusal(await first.append([op(a, 4)]))
    assert.deepEqual(refused, { code: 'stream/epoch-changed', details: { epoch: truncated.epoch } })
    assert.equal(
      await rejectionOf(one.read({ ...first.head, afterSeq: 0, limitBytes: 9 })),
      'stream/truncated',
    )
    assert.deepEqual(await one.findStream(first.head), truncated)
    const again = await StreamUnderTest.open(one)
    assert.deepEqual(await again.seqsOf([op(a, 2), op(a, 4, 4)]), [4, 5])
    assert.deepEqual(await one.countersOf(again.head, [a, b]), [4, 1])
  },

  'sees what another driver renews and restores': async ([one, two, three]) => {
    const first = await StreamUnderTest.open(one)
    const second = await StreamUnderTest.open(two)
    await first.append([op(a, 1)])
    const renewed = await two.renewEpoch(second.head, second.head.epoch)
    assert.equal(refusal(await first.append([op(a, 2)])).details['epoch'], renewed?.epoch)
    assert.deepEqual(await one.renewEpoch(first.head, first.head.epoch), renewed, 'once')

    const head = { ...first.head, stream: 'doc:restored', headSeq: 2 }
    assert.equal(await three.findStream(head), undefined)
    const ops = [
      { ...op(a, 1), seq: 1 },
      { ...op(a, 2), seq: 2 },
    ]
    const replicas = [{ replica: a, subject: 'alice', nextCounter: 3, truncatedCounter: 1 }]
    await two.restore({ head, replicas, ops, snapshots: [] })
    assert.deepEqual(await three.findStream(head), head)
    const restored = await StreamUnderTest.open(three, 'doc:restored')
    assert.deepEqual(await restored.seqsOf([op(a, 2), op(a, 3)]), [2, 3])
  },

  'restores a stream once when several drivers do': async (drivers) => {
    const { head } = await StreamUnderTest.open(drivers[0])
    const copy = { ...head, stream: 'doc:copy', headSeq: 1 }
    const replicas = [{ replica: a, subject: 'alice', nextCounter: 2, truncatedCounter: 1 }]
    const part = { head: copy, replicas, ops: [{ ...op(a, 1), seq: 1 }], snapshots: [] }
    const endings = await Promise.all(
      drivers.map((driver) =>
        driver.restore(part).then(
          () => 'restored',
          (error: unknown) => isFlowSyncError(error) && error.code,
        ),
      ),
    )
    assert.deepEqual(endings.sort(), ['restored', 'stream/exists', 'stream/exists'])
    assert.deepEqual(await drivers[1].findStream(copy), copy)
  },

  'goes on when another driver closes': async ([one, two, three]) => {
    const first = await StreamUnderTest.open(one)
    await first.append([op(a, 1)])
    const second = await StreamUnderTest.open(two)
    const appending = Promise.all(
      Array.from({ length: 10 }, async (_, index) => seqs(await second.append([op(replica(index + 20), 1)]))),
    )
    await one.close()
    assert.equal((await appending).length, 10)
    const last = await StreamUnderTest.open(three)
    assert.equal(last.head.headSeq, 11)
    assert.equal(await rejectionOf(first.append([op(a, 2)])), 'storage/unavailable')
  },
}
