import { createError } from '@flowsync/protocol'
import type { StreamHead, StreamRestore } from './driver.js'
import { streamExists } from './plan-append.js'

/**
 * Checks that a part of an exported stream may be stored now, and tells whether it creates the stream. Every
 * driver decides with this function, inside its transaction. A part that begins at `truncatedSeq + 1`, or has no
 * ops, is the first.
 *
 * @param stored the stream as it is stored
 * @throws FlowSyncError `stream/exists` when it does not fit, `op/invalid` when the ops are no part of a log
 */
export function planRestore(
  stored: StreamHead | undefined,
  { head, ops }: StreamRestore,
): 'create' | 'continue' {
  const firstSeq = ops[0]?.seq ?? head.truncatedSeq + 1
  checkContiguous(ops, firstSeq)
  if (firstSeq === head.truncatedSeq + 1) {
    if (stored) throw streamExists(head.stream)
    return 'create'
  }
  const isSame = stored?.epoch === head.epoch && stored.truncatedSeq === head.truncatedSeq
  if (!isSame || stored.headSeq + 1 !== firstSeq) throw streamExists(head.stream)
  return 'continue'
}

function checkContiguous(ops: StreamRestore['ops'], firstSeq: number): void {
  ops.forEach(({ seq, base }, index) => {
    if (seq === firstSeq + index && base < seq) return
    throw createError('op/invalid', `The op at seq ${seq} of the part cannot be where it is.`, {
      details: { seq, base },
    })
  })
}
