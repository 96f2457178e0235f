import assert from 'node:assert/strict'
import type { ReplicaId } from '@flowsync/crdt'
import type { LogDriver } from '@flowsync/hub'
import { op, replica, rejectionOf, StreamUnderTest } from './log-driver-store.js'

const [a, b] = [replica(1), replica(2)]

type Check = (driver: LogDriver) => Promise<void>

/** What is read back: ranges, heads, counters, snapshots, lists. */
export const readCases: Readonly<Record<string, Check>> = {
  'opens a stream once and tells how it is stored': async (driver) => {
    const key = { workspace: 'acme', stream: 'doc:a' }
    assert.equal(await driver.findStream(key), undefined)
    const heads = await Promise.all([
      driver.openStream({ ...key, rule: 'text', ruleVersion: 2 }),
      driver.openStream({ ...key, rule: 'text', ruleVersion: 2 }),
    ])
    assert.match(heads[0].epoch, /^[0-9a-f]{16}$/)
    assert.deepEqual(heads[1], heads[0])
    assert.deepEqual(await driver.openStream({ ...key, rule: 'counter', ruleVersion: 1 }), heads[0])
    assert.deepEqual(await driver.findStream(key), {
      ...key,
      rule: 'text',
      ruleVersion: 2,
      epoch: heads[0].epoch,
      headSeq: 0,
      floorSeq: 0,
      truncatedSeq: 0,
    })
    const other = await driver.openStream({ ...key, stream: 'doc:b', rule: 'text', ruleVersion: 2 })
    assert.notEqual(other.epoch, heads[0].epoch)
  },

  'gives ops back exactly as they were': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const ops = [
      op(a, 1, 0, { count: 3, body: new Uint8Array(0) }),
      op(b, 1, 0, { extra: [{ replica: a, counter: 3 }], body: Uint8Array.of(0, 255, 128) }),
      op(a, 4, 0, { body: new Uint8Array(70_000).fill(5) }),
      op(a, 5),
    ]
    await doc.append(ops)
    const slice = await driver.read({ ...doc.head, afterSeq: 0, limitBytes: 1_000_000 })
    assert.deepEqual(slice, {
      epoch: doc.head.epoch,
      headSeq: 4,
      floorSeq: 0,
      truncatedSeq: 0,
      ops: ops.map((each, index) => ({ ...each, seq: index + 1 })),
    })
  },

  'reads ranges, bounded by bytes and seq': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    for (let counter = 1; counter <= 700; counter += 7) {
      await doc.append(Array.from({ length: 7 }, (_, index) => op(a, counter + index)))
    }
    const read = async (afterSeq: number, limitBytes: number, throughSeq?: number): Promise<number[]> => {
      const slice = await driver.read({ ...doc.head, afterSeq, limitBytes, throughSeq })
      assert.equal(slice?.headSeq, 700)
      return slice.ops.map(({ seq }) => seq)
    }
    const range = (from: number, to: number): number[] =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i)
    assert.deepEqual(await read(0, 1_000_000), range(1, 700))
    assert.deepEqual(await read(333, 1_000_000), range(334, 700))
    assert.deepEqual(await read(333, 1_000_000, 335), [334, 335])
    assert.deepEqual(await read(10, 1), [11], 'one op is read whatever its size')
    const part = await read(0, 500)
    assert.ok(part.length > 1 && part.length < 100 && part[0] === 1)
    assert.deepEqual(await read(700, 1_000_000), [])
    assert.deepEqual(await read(900, 1_000_000), [])
    const missing = { workspace: 'acme', stream: 'doc:none', afterSeq: 0, limitBytes: 1 }
    assert.equal(await driver.read(missing), undefined)
  },

  'tells the highest counter of each replica': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    await doc.append([op(a, 1, 0, { count: 4 }), op(b, 1)])
    assert.deepEqual(await driver.countersOf(doc.head, [b, replica(9), a]), [1, 0, 4])
    assert.deepEqual(await driver.countersOf({ ...doc.head, stream: 'doc:none' }, [a]), [0])
  },

  'finds the seq of an op of a subject, by its first counter': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    await doc.append([op(a, 1, 0, { count: 4 }), op(b, 1)])
    const find = (author: ReplicaId, counter: number, subject = 'alice', stream = doc.head.stream) =>
      driver.findSeq({ ...doc.head, stream }, { replica: author, counter }, subject)
    assert.equal(await find(a, 1), 1)
    assert.equal(await find(a, 2), undefined)
    assert.equal(await find(a, 5), undefined)
    assert.equal(await find(b, 1), 2)
    assert.equal(await find(replica(9), 1), undefined)
    assert.equal(await find(a, 1, 'bob'), undefined)
    assert.equal(await find(a, 1, 'alice', 'doc:none'), undefined)
  },

  'finds the latest snapshot at or below a seq, and keeps few': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const { epoch } = doc.head
    assert.equal(await driver.latestSnapshot(doc.head), undefined)
    await driver.putSnapshot(doc.head, { epoch, seq: 1, state: Uint8Array.of(1) })
    assert.equal(await driver.latestSnapshot(doc.head), undefined, 'one above the head is not taken')
    await doc.append(Array.from({ length: 6400 }, (_, index) => op(a, index + 1)))
    for (let seq = 100; seq <= 6400; seq += 100) {
      await driver.putSnapshot(doc.head, { epoch, seq, state: Uint8Array.of(seq / 100) })
    }
    assert.deepEqual(await driver.latestSnapshot(doc.head), { epoch, seq: 6400, state: Uint8Array.of(64) })
    const older = await driver.latestSnapshot(doc.head, 6000)
    assert.ok(older && older.seq <= 6000 && older.seq >= 3000, `snapshot at ${older?.seq}`)
    assert.deepEqual([...older.state], [older.seq / 100])
    assert.equal(await driver.latestSnapshot(doc.head, 99), undefined)

    let count = 0
    for (let seq: number | undefined = 6400; seq !== undefined; count++) {
      seq = (await driver.latestSnapshot(doc.head, seq - 1))?.seq
    }
    assert.ok(count <= 10, `${count} snapshots are kept`)
    await driver.putSnapshot(doc.head, { epoch: '0123456789abcdef', seq: 6400, state: Uint8Array.of(1) })
    assert.equal((await driver.latestSnapshot(doc.head))?.state[0], 64, 'one of another epoch is not taken')
  },

  'lists the streams of a workspace in order, by pages': async (driver) => {
    for (const stream of ['doc:b', 'doc:ä', 'doc:\u{1F600}', 'doc:\uFF21', '__proto__', 'doc:a']) {
      await StreamUnderTest.open(driver, stream)
    }
    await StreamUnderTest.open(driver, 'doc:c', 'other')
    const names = async (page: { after?: string; limit: number }): Promise<string[]> =>
      (await driver.listStreams('acme', page)).map(({ stream }) => stream)
    const all = ['__proto__', 'doc:a', 'doc:b', 'doc:ä', 'doc:\uFF21', 'doc:\u{1F600}']
    assert.deepEqual(await names({ limit: 10 }), all)
    assert.deepEqual(await names({ limit: 2 }), all.slice(0, 2))
    assert.deepEqual(await names({ after: 'doc:b', limit: 10 }), all.slice(3))
    assert.deepEqual(await names({ after: 'doc:\uFF21', limit: 10 }), all.slice(5))
  },

  'lists the workspaces in order, by pages': async (driver) => {
    assert.deepEqual(await driver.listWorkspaces({ limit: 9 }), [])
    for (const workspace of ['b', 'a-1', 'a', 'c']) {
      await StreamUnderTest.open(driver, 'doc:a', workspace)
      await StreamUnderTest.open(driver, 'doc:b', workspace)
    }
    assert.deepEqual(await driver.listWorkspaces({ limit: 9 }), ['a', 'a-1', 'b', 'c'])
    assert.deepEqual(await driver.listWorkspaces({ limit: 2 }), ['a', 'a-1'])
    assert.deepEqual(await driver.listWorkspaces({ after: 'a-1', limit: 1 }), ['b'])
    assert.deepEqual(await driver.listWorkspaces({ after: 'c', limit: 9 }), [])
  },

  'lists the replicas of a stream in order, by pages': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const other = await StreamUnderTest.open(driver, 'doc:b')
    assert.deepEqual(await driver.replicasOf(doc.head, { limit: 9 }), [])
    const authors = [3, 1, 12, 2].map(replica)
    for (const [index, author] of authors.entries()) {
      await doc.append([op(author, 1, 0, { count: index + 1 })], `subject ${index}`)
    }
    await other.append([op(replica(4), 1), op(replica(5), 1)])
    const all = [1, 3, 0, 2].map((index) => {
      const author = authors[index] ?? a
      return { replica: author, subject: `subject ${index}`, nextCounter: index + 2, truncatedCounter: 1 }
    })
    assert.deepEqual(await driver.replicasOf(doc.head, { limit: 9 }), all)
    assert.deepEqual(await driver.replicasOf(doc.head, { limit: 2 }), all.slice(0, 2))
    assert.deepEqual(await driver.replicasOf(doc.head, { after: replica(2), limit: 1 }), all.slice(2, 3))
    assert.deepEqual(await driver.replicasOf({ ...doc.head, stream: 'doc:none' }, { limit: 9 }), [])
  },

  'tells where many streams stand': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const other = await StreamUnderTest.open(driver, 'doc:b', 'other')
    await doc.append([op(a, 1), op(a, 2)])
    const none = { workspace: 'acme', stream: 'doc:none' }
    const at = (head: StreamUnderTest['head'], headSeq: number) => {
      return { epoch: head.epoch, headSeq, floorSeq: 0, truncatedSeq: 0 }
    }
    assert.deepEqual(await driver.positionsOf([other.head, none, doc.head, other.head]), [
      at(other.head, 0),
      undefined,
      at(doc.head, 2),
      at(other.head, 0),
    ])
    assert.deepEqual(await driver.positionsOf([]), [])
  },

  'renews an epoch, once, and keeps the log': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    await doc.append([op(a, 1)])
    await driver.putSnapshot(doc.head, { epoch: doc.head.epoch, seq: 1, state: Uint8Array.of(1) })
    const renewed = await driver.renewEpoch(doc.head, doc.head.epoch)
    assert.ok(renewed && renewed.epoch !== doc.head.epoch && renewed.headSeq === 1)
    assert.deepEqual(await driver.renewEpoch(doc.head, doc.head.epoch), renewed)
    assert.equal((await driver.read({ ...doc.head, afterSeq: 0, limitBytes: 100 }))?.epoch, renewed.epoch)
    assert.equal((await driver.latestSnapshot(doc.head))?.epoch, renewed.epoch)
    assert.equal(await driver.renewEpoch({ ...doc.head, stream: 'doc:none' }, doc.head.epoch), undefined)
  },

  'is of no use once closed': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    await driver.close()
    await driver.close()
    assert.equal(await rejectionOf(doc.append([op(a, 1)])), 'storage/unavailable')
    assert.equal(await rejectionOf(driver.findStream(doc.head)), 'storage/unavailable')
  },
}
