import { ByteReader } from '@flowsync/crdt'
import { createError } from '../errors.js'
import { DEFAULT_LIMITS, type DecodeLimits } from '../limits.js'
import { PROTOCOL_VERSION } from '../version.js'
import { createFrameDecoder, createFrameEncoder } from './frames.js'
import { hello, type Hello } from './hello.js'
import type { MessageDefinition } from './message.js'
import { pull, type Pull } from './pull.js'
import { push, type Push } from './push.js'
import { renew, type Renew } from './renew.js'
import { subscribe, type Subscribe } from './subscribe.js'
import { unsubscribe, type Unsubscribe } from './unsubscribe.js'

/** What a client says to a hub. */
export type ClientMessage = Hello | Subscribe | Unsubscribe | Push | Pull | Renew

/** All of them, in the order of their codes. */
export const clientMessages: readonly MessageDefinition<unknown>[] = [
  hello,
  subscribe,
  unsubscribe,
  push,
  pull,
  renew,
]

// Each side uses one of the two; a bundler leaves out the other.
const encode = /* @__PURE__ */ createFrameEncoder<ClientMessage>(clientMessages)
const decode = /* @__PURE__ */ createFrameDecoder<ClientMessage>(clientMessages, checkVersion)

function checkVersion(definition: MessageDefinition<unknown>, fields: Uint8Array): void {
  if (definition.code !== hello.code) return
  const reader = new ByteReader(fields)
  const id = reader.varint()
  const version = reader.varint()
  if (version !== PROTOCOL_VERSION) {
    throw createError(
      'protocol/version-unsupported',
      `The client speaks version ${version}, the hub ${PROTOCOL_VERSION}.`,
      {
        details: { id, version, supported: [PROTOCOL_VERSION] },
      },
    )
  }
}

/** @throws FlowSyncError `codec/invalid-value` */
export function encodeClientMessage(message: ClientMessage): Uint8Array {
  return encode(message)
}

/**
 * Total: any bytes give a message or one of the errors below. What it returns holds no view on `frame`.
 * @throws FlowSyncError `codec/malformed`, `frame/too-large`, `protocol/unexpected-message`;
 *   `protocol/version-unsupported` for the `hello` of another version, with its request in `details.id`
 */
export function decodeClientMessage(frame: Uint8Array, limits: DecodeLimits = DEFAULT_LIMITS): ClientMessage {
  return decode(frame, limits)
}
