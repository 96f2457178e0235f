import { isFlowSyncError } from '@flowsync/crdt'
import type { AppendBatch, AppendOutcome } from '../driver.js'
import type { MemoryDisk } from './memory-disk.js'
import { planAppend, type StreamLedger, streamUnknown } from '../plan-append.js'
import type { StoredStream } from './stored-stream.js'

/** Decides and stores batches, each on top of those before it. */
export function appendToDisk(disk: MemoryDisk, batches: readonly AppendBatch[]): AppendOutcome[] {
  const committedHeads = new Map<StoredStream, number>()
  return batches.map((batch) => {
    const stored = disk.stream(batch)
    if (!stored) return { kind: 'failed', error: streamUnknown(batch.stream) }
    const priorHeadSeq = stored.headSeq
    const committedHeadSeq = committedHeads.get(stored) ?? priorHeadSeq
    committedHeads.set(stored, committedHeadSeq)
    try {
      const { seqs, newOps } = planAppend(ledgerOf(disk, stored, committedHeadSeq), batch)
      for (const op of newOps) {
        stored.push(op)
        disk.bind(batch.workspace, op.replica, batch.subject)
      }
      return { kind: 'ok', seqs, priorHeadSeq }
    } catch (error) {
      if (isFlowSyncError(error)) return { kind: 'failed', error }
      throw error
    }
  })
}

function ledgerOf(disk: MemoryDisk, stored: StoredStream, committedHeadSeq: number): StreamLedger {
  const { epoch, headSeq, truncatedSeq, creation } = stored
  return {
    epoch,
    headSeq,
    committedHeadSeq,
    truncatedSeq,
    nextCounter: (replica) => stored.replicas.get(replica)?.nextCounter ?? 1,
    find: (id) => stored.find(id),
    subjectOf: (replica) => disk.subjectOf(creation.workspace, replica),
  }
}
