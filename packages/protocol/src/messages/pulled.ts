import { epoch } from '../codec/ids.js'
import { sequencedOpList } from '../codec/op-list.js'
import { defineMessage, requestId, seq, streamNameText, type MessageOf } from './message.js'

/** Answer to `pull`: contiguous ops from `afterSeq + 1`, as many as fit one frame. */
export const pulled = defineMessage(0x45, 'pulled', {
  id: requestId,
  stream: streamNameText,
  epoch,
  /** The stream's last seq when the hub answered; pull again until it is reached. */
  headSeq: seq,
  ops: sequencedOpList,
})

export type Pulled = MessageOf<typeof pulled>
