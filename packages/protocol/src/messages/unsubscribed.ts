import { defineMessage, requestId, type MessageOf } from './message.js'

/** Answer to `unsubscribe`. */
export const unsubscribed = defineMessage(0x43, 'unsubscribed', { id: requestId })

export type Unsubscribed = MessageOf<typeof unsubscribed>
