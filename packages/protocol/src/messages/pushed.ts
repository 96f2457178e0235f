import type { Decoded } from '../codec/codec.js'
import { array, struct, union } from '../codec/composites.js'
import { epoch } from '../codec/ids.js'
import { seqList } from '../codec/seq-list.js'
import * as LAYOUT_LIMITS from '../layout-limits.js'
import { wireError } from '../wire-error.js'
import { defineMessage, requestId, streamNameText, type MessageOf } from './message.js'

/** What became of one batch of a `push`. */
const pushedResult = union({
  ok: struct({
    stream: streamNameText,
    epoch,
    /** One for each op of the batch, also for ops that were stored before. */
    seqs: seqList,
  }),
  /** Nothing of the batch was stored by this push. */
  failed: struct({ stream: streamNameText, error: wireError }),
})

/** Answer to `push`, one result for each batch in its order. What is `ok` is on the hub's disk. */
export const pushed = defineMessage(0x44, 'pushed', {
  id: requestId,
  results: array(pushedResult, LAYOUT_LIMITS.batchesPerPush),
})

export type PushedResult = Decoded<typeof pushedResult>
export type Pushed = MessageOf<typeof pushed>
