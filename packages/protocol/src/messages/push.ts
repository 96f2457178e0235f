import type { Decoded } from '../codec/codec.js'
import { array, struct } from '../codec/composites.js'
import { epoch } from '../codec/ids.js'
import { opList } from '../codec/op-list.js'
import * as LAYOUT_LIMITS from '../layout-limits.js'
import { defineMessage, requestId, streamNameText, type MessageOf } from './message.js'

/** Ops of one stream that are stored together or not at all. */
const pushBatch = struct({
  stream: streamNameText,
  /** The log's life that the ops' bases count in. */
  epoch,
  /** Those of one replica in the order of their counters. */
  ops: opList,
})

/** Sends ops. Answered by `pushed` once they are durable. Sending an op again is harmless. */
export const push = defineMessage(0x04, 'push', {
  id: requestId,
  batches: array(pushBatch, LAYOUT_LIMITS.batchesPerPush),
})

export type PushBatch = Decoded<typeof pushBatch>
export type Push = MessageOf<typeof push>
