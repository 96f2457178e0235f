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
  /** Called after each piece with how long it took: what it waits for, edits have for themselves. */
  readonly rest?: (tookMs: number) => Promise<void>
}

/**
 * Raises a log's floor piece by piece. Several processes may do the same
 * at once. Returns the head as it is then, undefined when the stream does not exist.
 * @throws FlowSyncError `storage/*`; what was compacted stays so
 */
export async function compactLog(compaction: LogCompaction): Promise<StreamHead | undefined> {
  const { storage, system, key, epoch, throughSeq, isStopped, onProgress, rest } = compaction
  let head: StreamHead | undefined
  for (;;) {
    const startedMs = system.nowMs()
    const next = await storage.compact(key, epoch, throughSeq)
    const hasRisen = next !== undefined && (head === undefined || next.floorSeq > head.floorSeq)
    head = next
    if (!head) return undefined
    onProgress?.(head)
    await rest?.(system.nowMs() - startedMs)
    if (!hasRisen || head.floorSeq >= throughSeq || head.epoch !== epoch || isStopped?.()) return head
  }
}
