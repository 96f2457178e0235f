import { createError } from '@flowsync/protocol'
import type { StreamHead } from '../storage/driver.js'
import type { FoldSource } from './fold-log.js'
import { takeSnapshot } from './take-snapshot.js'

const MAX_ATTEMPTS = 20

/**
 * Erases the whole log of a stream up to its head, for good, and leaves a snapshot in its place. The stream begins a
 * new epoch: clients fetch the snapshot, and what they have not pushed is carried over. Ops that are stored meanwhile
 * make it try again. Undefined when the stream does not exist; nothing happens to an empty log.
 *
 * Ops that are erased can nobody fetch any more: neither who was offline, nor who wants history.
 * @throws FlowSyncError `hub/overloaded` when others write without a pause; `storage/*`
 */
export async function truncateLog(source: Omit<FoldSource, 'throughSeq'>): Promise<StreamHead | undefined> {
  const { storage, key } = source
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await storage.findStream(key)
    if (!before || before.truncatedSeq === before.headSeq) return before
    const snapshot = await takeSnapshot(source)
    if (!snapshot) continue
    const head = await storage.truncate(key, snapshot.epoch, snapshot.seq)
    if (!head || head.truncatedSeq >= snapshot.seq) return head
  }
  throw createError(
    'hub/overloaded',
    `"${key.stream}" is written to without a pause, so that its log cannot be truncated. Try again later.`,
    { details: { retryAfterMs: 1_000 } },
  )
}
