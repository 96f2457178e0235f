import { epoch } from '../codec/ids.js'
import { sequencedOpList } from '../codec/op-list.js'
import { defineMessage, streamNameText, type MessageOf } from './message.js'

/**
 * New ops of a subscribed stream, contiguous, sent to everybody including their author. A hint, never
 * the truth: it may be lost or come twice; who sees a gap pulls.
 */
export const feed = defineMessage(0x50, 'feed', { stream: streamNameText, epoch, ops: sequencedOpList })

export type Feed = MessageOf<typeof feed>
