import assert from 'node:assert/strict'
import type { LogDriver } from '@flowsync/hub'
import { op, refusal, replica, StreamUnderTest } from './log-driver-store.js'

const [a, b] = [replica(1), replica(2)]

/** What must still be there when a driver was closed or left behind by a crash. */
export async function checkReopen(
  open: () => Promise<LogDriver>,
  leave: (driver: LogDriver) => Promise<void>,
): Promise<void> {
  const former = await open()
  const before = await StreamUnderTest.open(former)
  const ops = Array.from({ length: 300 }, (_, index) => op(a, 1 + index * 2, 0, { count: 2 }))
  await before.append(ops.slice(0, 120))
  await before.append([op(b, 1, 5, { extra: [{ replica: a, counter: 240 }] })], 'bob')
  await before.append(ops.slice(120))
  const { epoch } = before.head
  await former.putSnapshot(before.head, { epoch, seq: 200, state: Uint8Array.of(1, 2, 3) })
  const bodies = await before.bodies()
  await leave(former)

  const driver = await open()
  const doc = await StreamUnderTest.open(driver)
  assert.deepEqual(doc.head, { ...before.head, headSeq: 301 })
  assert.deepEqual(await doc.bodies(), bodies)
  assert.deepEqual(await driver.countersOf(doc.head, [a, b]), [600, 1])
  assert.deepEqual(await doc.seqsOf(ops.slice(118, 122)), [119, 120, 122, 123], 'stored answers survive')
  assert.deepEqual(refusal(await doc.append([op(a, 605)])).details, { replica: a, expected: 601 })
  assert.equal(refusal(await doc.append([op(b, 2)], 'alice')).code, 'op/replica-foreign')
  assert.deepEqual(await doc.seqsOf([op(a, 601, 301)]), [302])
  assert.deepEqual(await driver.latestSnapshot(doc.head), { epoch, seq: 200, state: Uint8Array.of(1, 2, 3) })
}

/** Closing waits for what is under way. */
export async function finishesBeforeItCloses(open: () => Promise<LogDriver>): Promise<void> {
  const former = await open()
  const doc = await StreamUnderTest.open(former)
  const appending = doc.append([op(a, 1)])
  await former.close()
  assert.equal((await appending).kind, 'ok')
  const again = await StreamUnderTest.open(await open())
  assert.equal(again.head.headSeq, 1)
}
