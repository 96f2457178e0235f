import type { Decoded } from '../codec/codec.js'
import { array, optional, struct } from '../codec/composites.js'
import { epoch, replicaId } from '../codec/ids.js'
import { string, varint } from '../codec/primitives.js'
import * as LAYOUT_LIMITS from '../layout-limits.js'
import { MAX_ORDINAL } from '../limits.js'
import { defineMessage, requestId, seq, streamNameText, type MessageOf } from './message.js'

/** The ops of one replica that wait in an outbox. */
const outboxRange = struct({
  replica: replicaId,
  /** Counter of the first op. */
  from: varint(MAX_ORDINAL, 1),
  /** Last counter of the last op. */
  through: varint(MAX_ORDINAL, 1),
})

/** Where a client stands in one stream. */
const streamCursor = struct({
  stream: streamNameText,
  /** Name of the merge rule by which the client folds. */
  rule: string(LAYOUT_LIMITS.ruleNameBytes),
  ruleVersion: varint(2 ** 16),
  /** The log's life that `seq` counts in; '' when the client has nothing. */
  epoch,
  /** Everything up to here is folded and saved. */
  seq,
  outbox: array(outboxRange, LAYOUT_LIMITS.rangesPerStream),
  /** Asks for a snapshot at a seq not above this one (or for the log from its beginning) and the tail after it. */
  rebuildBelow: optional(seq),
})

/** Opens streams, or opens them again after a reconnect. Answered by `subscribed`; after it `feed`s follow. */
export const subscribe = defineMessage(0x02, 'subscribe', {
  id: requestId,
  streams: array(streamCursor, LAYOUT_LIMITS.streamsPerMessage),
})

export type OutboxRange = Decoded<typeof outboxRange>
export type StreamCursor = Decoded<typeof streamCursor>
export type Subscribe = MessageOf<typeof subscribe>
