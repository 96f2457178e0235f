import { struct } from '../codec/composites.js'
import { string, varint } from '../codec/primitives.js'
import * as LAYOUT_LIMITS from '../layout-limits.js'
import { MAX_ORDINAL } from '../limits.js'
import { defineMessage, requestId, timeMs, type MessageOf } from './message.js'

/** Answer to `hello`: the connection is open for requests. */
export const welcome = defineMessage(0x41, 'welcome', {
  id: requestId,
  version: varint(2 ** 16),
  sessionId: string(LAYOUT_LIMITS.sessionIdBytes),
  /** Whom the token names. */
  subject: string(LAYOUT_LIMITS.subjectBytes),
  /** The hub's clock when it answered. */
  serverTimeMs: timeMs,
  /** When the token expires by the hub's clock; 0 for never. */
  expiresAtMs: timeMs,
  limits: struct({
    /** The largest frame that the hub takes. */
    frameBytes: varint(MAX_ORDINAL),
    /** The most ops in one `push`, all batches together. */
    opsPerPush: varint(MAX_ORDINAL),
  }),
})

export type Welcome = MessageOf<typeof welcome>
