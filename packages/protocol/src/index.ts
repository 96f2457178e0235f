export { nextDelayMs, type BackoffOptions } from './backoff.js'
export type { Codec, Decoded } from './codec/codec.js'
export { fromHex, toHex } from './codec/hex.js'
export { decodeOps, decodeSequencedOps, encodeOps, encodeSequencedOps } from './codec/op-list.js'
export { decodeOpPayload, encodeOpPayload, type OpPayload } from './codec/op-payload.js'
export { ERROR_CODES, type ErrorCode, type ErrorCodeInfo } from './error-codes.js'
export { createError, RETRYABLE_CODES } from './errors.js'
export { createEpoch, createReplicaId, isEpoch, NO_EPOCH, type Epoch } from './ids.js'
export { DEFAULT_LIMITS, HELLO_LIMITS, HUB_LIMITS, MAX_ORDINAL, type DecodeLimits } from './limits.js'
export { decodeClientMessage, encodeClientMessage, type ClientMessage } from './messages/client-message.js'
export type { Drain } from './messages/drain.js'
export type { Feed } from './messages/feed.js'
export type { Hello } from './messages/hello.js'
export { decodeHubMessage, encodeHubMessage, type HubMessage } from './messages/hub-message.js'
export type { Pull } from './messages/pull.js'
export type { Pulled } from './messages/pulled.js'
export type { Push, PushBatch } from './messages/push.js'
export type { Pushed, PushedResult } from './messages/pushed.js'
export type { Refused } from './messages/refused.js'
export type { Renew } from './messages/renew.js'
export type { Renewed } from './messages/renewed.js'
export type { OutboxRange, StreamCursor, Subscribe } from './messages/subscribe.js'
export type {
  AcknowledgedRange,
  StreamAccess,
  Subscribed,
  SubscribedResult,
  WireSnapshot,
} from './messages/subscribed.js'
export type { Unsubscribe } from './messages/unsubscribe.js'
export type { Unsubscribed } from './messages/unsubscribed.js'
export type { Welcome } from './messages/welcome.js'
export {
  decodeSocketPacket,
  encodeSocketConnect,
  encodeSocketMessage,
  MESSAGE_EVENT,
  socketParser,
  type SocketPacket,
} from './socket-parser.js'
export { assertStreamName, isStreamName, MAX_STREAM_NAME_LENGTH } from './stream-name.js'
export { compareSpecificity, matchesPattern, parsePattern, type StreamPattern } from './stream-pattern.js'
export type {
  StreamActions,
  StreamDelta,
  StreamIntent,
  StreamName,
  StreamRule,
  StreamRules,
  RegisterStreamName,
  StreamValue,
  TextStreamName,
  TypedStreams,
} from './stream-types.js'
export { defineStreams, type DefinedStreams, type StreamDefinitions } from './streams.js'
export { createSystem, type System } from './system.js'
export { RULE_NAMES, ruleByName } from './rule-names.js'
export { PROTOCOL_VERSION } from './version.js'
export { fromWireError, toWireError, type WireError } from './wire-error.js'
