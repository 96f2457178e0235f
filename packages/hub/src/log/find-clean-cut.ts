import { CleanCuts } from './clean-cuts.js'
import type { FoldSource } from './fold-log.js'
import { streamUnknown } from '../storage/plan-append.js'

const PAGE_BYTES = 256 * 1024

/**
 * The latest place behind `afterSeq` at which a log can be cut cleanly, found by reading it and then waiting for what
 * is on its way while others write: see `CleanCuts`. Undefined when there is none.
 * @throws FlowSyncError `stream/*`, `storage/*`
 */
export async function findCleanCut(
  { storage, system, key }: Omit<FoldSource, 'rule' | 'throughSeq'>,
  afterSeq: number,
  settleMs: number,
): Promise<number | undefined> {
  const cuts = new CleanCuts(settleMs, afterSeq, system.nowMs())
  const readOn = async (): Promise<void> => {
    for (;;) {
      const { lastSeq } = cuts
      const slice = await storage.read({ ...key, afterSeq: lastSeq, limitBytes: PAGE_BYTES })
      if (!slice) throw streamUnknown(key.stream)
      if (slice.ops.length === 0) return
      cuts.note(slice.ops, system.nowMs())
    }
  }
  await readOn()
  if (settleMs > 0) {
    await new Promise<void>((resolve) => {
      system.setTimer(settleMs, resolve)
    })
    await readOn()
  }
  const seq = cuts.latest(system.nowMs())
  return seq !== undefined && seq > afterSeq ? seq : undefined
}
