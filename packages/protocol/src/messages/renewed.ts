import { defineMessage, requestId, timeMs, type MessageOf } from './message.js'

/** Answer to `renew`. */
export const renewed = defineMessage(0x46, 'renewed', {
  id: requestId,
  /** When the new token expires by the hub's clock; 0 for never. */
  expiresAtMs: timeMs,
})

export type Renewed = MessageOf<typeof renewed>
