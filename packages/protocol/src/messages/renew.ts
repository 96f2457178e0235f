import { string } from '../codec/primitives.js'
import * as LAYOUT_LIMITS from '../layout-limits.js'
import { defineMessage, requestId, type MessageOf } from './message.js'

/** Gives the connection a new token of the same subject, before the old one expires. */
export const renew = defineMessage(0x06, 'renew', { id: requestId, token: string(LAYOUT_LIMITS.tokenBytes) })

export type Renew = MessageOf<typeof renew>
