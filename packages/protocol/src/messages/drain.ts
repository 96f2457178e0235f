import { varint } from '../codec/primitives.js'
import { MAX_ORDINAL } from '../limits.js'
import { defineMessage, type MessageOf } from './message.js'

/** The hub is about to close: await the answers that are due, disconnect, and connect again after the wait. */
export const drain = defineMessage(0x52, 'drain', { reconnectAfterMs: varint(MAX_ORDINAL) })

export type Drain = MessageOf<typeof drain>
