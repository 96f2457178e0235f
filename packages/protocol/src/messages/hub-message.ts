import { HUB_LIMITS, type DecodeLimits } from '../limits.js'
import { drain, type Drain } from './drain.js'
import { feed, type Feed } from './feed.js'
import { createFrameDecoder, createFrameEncoder } from './frames.js'
import type { MessageDefinition } from './message.js'
import { pulled, type Pulled } from './pulled.js'
import { pushed, type Pushed } from './pushed.js'
import { refused, type Refused } from './refused.js'
import { renewed, type Renewed } from './renewed.js'
import { subscribed, type Subscribed } from './subscribed.js'
import { unsubscribed, type Unsubscribed } from './unsubscribed.js'
import { welcome, type Welcome } from './welcome.js'

/** What a hub says to a client. */
export type HubMessage =
  Welcome | Subscribed | Unsubscribed | Pushed | Pulled | Renewed | Feed | Refused | Drain

/** All of them, in the order of their codes. */
export const hubMessages: readonly MessageDefinition<unknown>[] = [
  welcome,
  subscribed,
  unsubscribed,
  pushed,
  pulled,
  renewed,
  feed,
  refused,
  drain,
]

// Each side uses one of the two; a bundler leaves out the other.
const encode = /* @__PURE__ */ createFrameEncoder<HubMessage>(hubMessages)
const decode = /* @__PURE__ */ createFrameDecoder<HubMessage>(hubMessages)

/** @throws FlowSyncError `codec/invalid-value` */
export function encodeHubMessage(message: HubMessage): Uint8Array {
  return encode(message)
}

/**
 * Total: any bytes give a message or one of the errors below. What it returns holds no view on `frame`.
 * @throws FlowSyncError `codec/malformed`, `frame/too-large`, `protocol/unexpected-message`
 */
export function decodeHubMessage(frame: Uint8Array, limits: DecodeLimits = HUB_LIMITS): HubMessage {
  return decode(frame, limits)
}
