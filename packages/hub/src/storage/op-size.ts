import type { Op } from '@flowsync/crdt'

const HEADER_BYTES = 16
const EXTRA_BYTES = 20

/** About how many bytes an op takes on the wire and on disk; what byte limits are counted in. */
export function sizeOfOp(op: Op): number {
  return HEADER_BYTES + op.body.length + op.extra.length * EXTRA_BYTES
}
