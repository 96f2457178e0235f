import type { Decoded } from '../codec/codec.js'
import { array, optional, struct, union } from '../codec/composites.js'
import { epoch, replicaId } from '../codec/ids.js'
import { sequencedOpList } from '../codec/op-list.js'
import { bytes, oneOf } from '../codec/primitives.js'
import * as LAYOUT_LIMITS from '../layout-limits.js'
import { MAX_ORDINAL } from '../limits.js'
import { wireError } from '../wire-error.js'
import { defineMessage, requestId, seq, streamNameText, type MessageOf } from './message.js'

/** A folded state that stands for all ops up to a seq. */
const wireSnapshot = struct({
  seq,
  /** What the rule's `encodeState` made. */
  state: bytes(MAX_ORDINAL),
})

/** The highest counter that the log holds of a replica. */
const acknowledgedRange = struct({ replica: replicaId, through: seq })

/** What became of one stream of a `subscribe`. */
const subscribedResult = union({
  ok: struct({
    stream: streamNameText,
    epoch,
    /** The stream's last seq when the hub answered. */
    headSeq: seq,
    access: oneOf('read', 'write'),
    /** Replaces what the client had. */
    snapshot: optional(wireSnapshot),
    /** Contiguous, after the snapshot or else after the client's cursor. May end before `headSeq`: pull the rest. */
    ops: sequencedOpList,
    /** One for each replica of the client's outbox: what is already in, 0 when nothing is. */
    acknowledged: array(acknowledgedRange, LAYOUT_LIMITS.rangesPerStream),
  }),
  failed: struct({ stream: streamNameText, error: wireError }),
})

/** Answer to `subscribe`, one result for each stream in its order. */
export const subscribed = defineMessage(0x42, 'subscribed', {
  id: requestId,
  results: array(subscribedResult, LAYOUT_LIMITS.streamsPerMessage),
})

/** How far a client may go in a stream. */
export type StreamAccess = 'read' | 'write'
export type WireSnapshot = Decoded<typeof wireSnapshot>
export type AcknowledgedRange = Decoded<typeof acknowledgedRange>
export type SubscribedResult = Decoded<typeof subscribedResult>
export type Subscribed = MessageOf<typeof subscribed>
