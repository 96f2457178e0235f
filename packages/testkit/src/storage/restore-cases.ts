import assert from 'node:assert/strict'
import type { LogDriver, StreamHead, StreamReplica, StreamRestore } from '@flowsync/hub'
import {
  everyRead,
  op,
  refusal,
  rejectionOf,
  replica,
  StreamUnderTest,
  WHOLE_LOG,
} from './log-driver-store.js'

const [a, b, c] = [replica(1), replica(2), replica(3)]

type Check = (driver: LogDriver) => Promise<void>

interface Exported {
  readonly head: StreamHead
  readonly replicas: readonly StreamReplica[]
  readonly ops: StreamRestore['ops']
  readonly snapshots: StreamRestore['snapshots']
}

/** All that a driver tells of a stream. */
async function exported(driver: LogDriver, key: StreamHead): Promise<Exported> {
  const head = await driver.findStream(key)
  assert.ok(head)
  const replicas = await driver.replicasOf(head, { limit: 1_000 })
  const slice = await driver.read({ ...head, afterSeq: head.truncatedSeq, limitBytes: WHOLE_LOG })
  const snapshots = []
  for (let below: number | undefined; ;) {
    const snapshot = await driver.latestSnapshot(head, below)
    if (!snapshot) break
    snapshots.unshift(snapshot)
    below = snapshot.seq - 1
  }
  return { head, replicas, ops: slice?.ops ?? [], snapshots }
}

/** The parts that a file of them would hold: `length` ops in each. */
function partsOf({ head, replicas, ops, snapshots }: Exported, length: number): StreamRestore[] {
  const parts: StreamRestore[] = []
  for (let start = 0; start === 0 || start < ops.length; start += length) {
    const last = ops[Math.min(start + length, ops.length) - 1]?.seq ?? head.truncatedSeq
    const kept = snapshots.filter(
      ({ seq }) => seq <= last && !parts.some((part) => part.snapshots.some((s) => s.seq === seq)),
    )
    parts.push({
      head,
      replicas: start === 0 ? replicas : [],
      ops: ops.slice(start, start + length),
      snapshots: kept,
    })
  }
  return parts
}

/** A stream with a past: compacted, truncated when asked for, and gone on since. */
async function aged(driver: LogDriver, isTruncated: boolean): Promise<StreamUnderTest> {
  const former = await StreamUnderTest.open(driver)
  let headSeq = 0
  for (let counter = 1; counter <= 600; counter += 3) {
    await former.append([op(a, counter, headSeq), op(a, counter + 1, headSeq), op(a, counter + 2, headSeq)])
    headSeq += 3
    if (counter % 60 !== 1) continue
    await former.append([op(b, (counter + 59) / 60, headSeq)], 'bob')
    headSeq++
  }
  await former.snapshot(300)
  await former.snapshot(610)
  await former.compact(500)
  if (!isTruncated) return former
  await driver.truncate(former.head, former.head.epoch, 610)
  const doc = await StreamUnderTest.open(driver)
  for (let counter = 601; counter <= 700; counter++) await doc.append([op(a, counter, 610)])
  await doc.append([op(c, 1, 620)], 'carol')
  await doc.snapshot(700)
  await doc.compact(640)
  return doc
}

async function checkRoundTrip(driver: LogDriver, isTruncated: boolean, length: number): Promise<void> {
  const original = await aged(driver, isTruncated)
  const data = await exported(driver, original.head)
  const head = { ...data.head, workspace: 'copy' }
  for (const part of partsOf({ ...data, head }, length)) await driver.restore(part)

  const copy = await StreamUnderTest.open(driver, head.stream, head.workspace)
  assert.deepEqual(copy.head, head)
  assert.deepEqual(await exported(driver, copy.head), { ...data, head })
  assert.deepEqual(await everyRead(copy, 37), await everyRead(original, 37))
  const counters = await driver.countersOf(head, [a, b, c])
  assert.deepEqual(counters, await driver.countersOf(original.head, [a, b, c]))
  assert.equal(refusal(await copy.append([op(a, 1)], 'mallory')).code, 'op/replica-foreign')
  const { headSeq } = head
  for (const doc of [original, copy]) {
    const retried = data.ops
      .filter(({ replica: author }) => author === a)
      .map(({ seq: _, ...stored }) => stored)
    const stored = data.ops.filter(({ replica: author }) => author === a).map(({ seq }) => seq)
    assert.deepEqual(await doc.seqsOf(retried), stored, 'retries find what was restored')
    assert.deepEqual(await doc.seqsOf([op(a, (counters[0] ?? 0) + 1, headSeq)]), [headSeq + 1])
  }
  for (const part of partsOf({ ...data, head }, length)) {
    assert.equal(await rejectionOf(driver.restore(part)), 'stream/exists', 'not twice')
  }
  assert.equal((await driver.findStream(head))?.headSeq, headSeq + 1)
}

/** What a stream is after it was exported and restored: what it was. */
export const restoreCases: Readonly<Record<string, Check>> = {
  'restores a stream as it was': (driver) => checkRoundTrip(driver, false, 10_000),
  'restores a stream part by part': (driver) => checkRoundTrip(driver, false, 77),
  'restores a truncated stream as it was': (driver) => checkRoundTrip(driver, true, 10_000),
  'restores a truncated stream part by part': (driver) => checkRoundTrip(driver, true, 13),

  'restores a stream without ops': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    const head = { ...doc.head, stream: 'doc:copy' }
    const part: StreamRestore = { head, replicas: [], ops: [], snapshots: [] }
    await driver.restore(part)
    assert.deepEqual(await driver.findStream(head), head)
    assert.equal(await rejectionOf(driver.restore(part)), 'stream/exists')
  },

  'refuses to restore over a stream, or with a gap': async (driver) => {
    const doc = await StreamUnderTest.open(driver)
    await doc.append([op(a, 1), op(a, 2), op(a, 3), op(a, 4)])
    const data = await exported(driver, doc.head)
    const [part] = partsOf(data, 10)
    assert.ok(part)
    assert.equal(await rejectionOf(driver.restore(part)), 'stream/exists')
    const head = { ...data.head, stream: 'doc:copy' }
    const empty = await StreamUnderTest.open(driver, 'doc:copy')
    assert.equal(await rejectionOf(driver.restore({ ...part, head })), 'stream/exists', 'opened by a client')
    assert.equal((await driver.findStream(empty.head))?.epoch, empty.head.epoch)

    const [first, second, third, fourth] = partsOf({ ...data, head: { ...head, stream: 'doc:parts' } }, 1)
    assert.ok(first && second && third && fourth)
    assert.equal(await rejectionOf(driver.restore(second)), 'stream/exists', 'a later part without the first')
    await driver.restore(first)
    assert.equal(await rejectionOf(driver.restore(third)), 'stream/exists', 'a gap')
    await driver.restore(second)
    assert.equal(await rejectionOf(driver.restore(second)), 'stream/exists', 'twice')
    const foreign = { ...third, head: { ...third.head, epoch: '0123456789abcdef' } }
    assert.equal(await rejectionOf(driver.restore(foreign)), 'stream/exists', 'of another stream')
    await driver.restore(third)
    await driver.restore(fourth)
    assert.deepEqual((await exported(driver, fourth.head)).ops, data.ops)
  },
}
