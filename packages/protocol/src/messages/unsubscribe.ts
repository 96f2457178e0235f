import { array } from '../codec/composites.js'
import * as LAYOUT_LIMITS from '../layout-limits.js'
import { defineMessage, requestId, streamNameText, type MessageOf } from './message.js'

/** Ends the feeds of streams. Names that are not subscribed are passed over. */
export const unsubscribe = defineMessage(0x03, 'unsubscribe', {
  id: requestId,
  streams: array(streamNameText, LAYOUT_LIMITS.streamsPerMessage),
})

export type Unsubscribe = MessageOf<typeof unsubscribe>
