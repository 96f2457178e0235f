import type { System } from '@flowsync/protocol'
import type { LogDriver, StreamHead, StreamKey } from '../storage/driver.js'

/** What to compact. */
export interface LogCompaction {
  readonly storage: LogDriver
  readonly system: System
  readonly key: StreamKey
  readonly epoch: string
  readonly throughSeq: number
  /** Asked between pieces of work. */
  readonly isStopped?: () => boolean
  readonly onProgress?: (head: StreamHead) => void
  /** How many times as long as a piece took to rest after it. Default 0. */
  readonly restFactor?: number
}

/**
 * Raises a log's floor piece by piece, resting in between so that edits go first. Several processes may do the same
 * at once. Returns the head as it is then, undefined when the stream does not exist.
 * @throws FlowSyncError `storage/*`; what was compacted stays so
 */
export async function compactLog(compaction: LogCompaction): Promise<StreamHead | undefined> {
  const { storage, system, key, epoch, throughSeq, isStopped, onProgress, restFactor = 0 } = compaction
  let head: StreamHead | undefined
  for (;;) {
    const startedMs = system.nowMs()
    const next = await storage.compact(key, epoch, throughSeq)
    const hasRisen = next !== undefined && (head === undefined || next.floorSeq > head.floorSeq)
    head = next
    if (!head) return undefined
    onProgress?.(head)
    if (!hasRisen || head.floorSeq >= throughSeq || head.epoch !== epoch || isStopped?.()) return head
    await rest(system, (system.nowMs() - startedMs) * restFactor)
  }
}

function rest(system: System, ms: number): Promise<void> {
  return new Promise((resolve) => {
    system.setTimer(ms, resolve)
  })
}
