import type { Snapshot } from '../storage/driver.js'
import { foldLog, type FoldSource } from './fold-log.js'

/**
 * Folds the log and keeps the state there as a snapshot. It is made of log rows only: it can never hold what was
 * not durable. Undefined when there is nothing to fold. When the stream begins another epoch at the same moment,
 * the driver ignores the snapshot.
 * @throws FlowSyncError `storage/*`
 */
export async function takeSnapshot(source: FoldSource): Promise<Snapshot | undefined> {
  const folded = await foldLog(source)
  if (!folded || folded.fold.seq === 0) return undefined
  const { epoch, fold } = folded
  const snapshot = { epoch, seq: fold.seq, state: fold.encodeState() }
  await source.storage.putSnapshot(source.key, snapshot)
  return snapshot
}
