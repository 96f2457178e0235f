import assert from 'node:assert/strict'
import type { LogDriver, StreamRestore } from '@flowsync/hub'
import type { Random } from '../simulator/random.js'
import { rejectionOf } from './log-driver-store.js'
import type { NaiveLog } from './naive-log.js'

/** Compares a read with what the model reads. */
export async function checkRead(
  driver: LogDriver,
  log: NaiveLog,
  afterSeq: number,
  limitBytes: number,
  throughSeq?: number,
): Promise<void> {
  const reading = driver.read({ ...log.head, afterSeq, limitBytes, throughSeq })
  if (afterSeq < log.head.truncatedSeq) return assert.equal(await rejectionOf(reading), 'stream/truncated')
  const slice = await reading
  assert.deepEqual(slice, { ...log.position, ops: log.read({ afterSeq, limitBytes, throughSeq }) })
}

/** Compares the newest snapshot, and the one for a seq, with those that were put. */
export async function checkSnapshots(driver: LogDriver, log: NaiveLog, atOrBelow: number): Promise<void> {
  const newest = log.snapshots.find(({ seq }) => seq === log.newestSnapshotSeq)
  assert.deepEqual(await driver.latestSnapshot(log.head), newest && { ...newest, epoch: log.head.epoch })
  const older = await driver.latestSnapshot(log.head, atOrBelow)
  if (!older) return
  assert.ok(older.seq <= atOrBelow)
  const put = log.snapshots.find(({ seq }) => seq === older.seq)
  assert.deepEqual(older, put && { ...put, epoch: log.head.epoch })
}

/** Checks that the floor rose as it should, and lets the model have it. */
export function checkCompacted(log: NaiveLog, after: unknown, epoch: string, throughSeq: number): void {
  const { floorSeq } = log.head
  const highest = Math.min(throughSeq, log.newestSnapshotSeq)
  const raised = (after as { floorSeq: number }).floorSeq
  if (epoch === log.head.epoch && highest > floorSeq) {
    assert.ok(
      raised > floorSeq && raised <= highest,
      `the floor went from ${floorSeq} to ${raised} of ${highest}`,
    )
    log.head = { ...log.head, floorSeq: raised }
  }
  assert.deepEqual(after, log.head)
}

/** What an export of the model holds, cut into parts at random. */
export function partsOf(log: NaiveLog, head: NaiveLog['head'], random: Random): StreamRestore[] {
  const ops = log.ops.slice(head.truncatedSeq)
  const parts: StreamRestore[] = []
  for (let start = 0; start < ops.length || parts.length === 0;) {
    const end = Math.min(ops.length, start + random.between(1, 400))
    const through = head.truncatedSeq + end
    const from = start === 0 ? 0 : head.truncatedSeq + start + 1
    const snapshots = log.snapshots.filter(({ seq }) => seq >= from && seq <= through)
    parts.push({
      head,
      replicas: parts.length === 0 ? log.replicas() : [],
      ops: ops.slice(start, end),
      snapshots,
    })
    start = end
  }
  return parts
}
