import { ByteWriter, type Op, type OpId } from '@flowsync/crdt'
import { DEFAULT_LIMITS, MAX_ORDINAL, type DecodeLimits } from '../limits.js'
import { FrameReader, invalidValue, malformed } from './frame-reader.js'
import { readReplicaId, writeReplicaId } from './ids.js'

/** Part of the schema hash. */
export const OP_PAYLOAD_LAYOUT = 'extra varint count of (replica 16 bytes; counter varint); body to the end'

/** What a log stores of an op beside the columns it searches by. */
export type OpPayload = Pick<Op, 'extra' | 'body'>

/** `extra` (a number, then 16 bytes and a counter each), then the body to the end: one byte more than the body as a rule. */
export function encodeOpPayload({ extra, body }: OpPayload): Uint8Array {
  const writer = new ByteWriter(1 + 24 * extra.length + body.length)
  writer.varint(extra.length)
  for (const { replica, counter } of extra) {
    if (!Number.isInteger(counter) || counter < 1 || counter > MAX_ORDINAL)
      throw invalidValue(`an op id with counter ${counter}`)
    writeReplicaId(writer, replica)
    writer.varint(counter)
  }
  writer.raw(body)
  return writer.finish()
}

/** @throws FlowSyncError `codec/malformed`, `frame/too-large` */
export function decodeOpPayload(bytes: Uint8Array, limits: DecodeLimits = DEFAULT_LIMITS): OpPayload {
  const reader = new FrameReader(bytes, limits)
  const extra: OpId[] = []
  for (let length = reader.listLength(MAX_ORDINAL); length > 0; length--) {
    const replica = readReplicaId(reader)
    const counter = reader.varint(MAX_ORDINAL)
    if (counter < 1) throw malformed('a counter is 0')
    extra.push({ replica, counter })
  }
  return { extra, body: reader.raw(reader.remaining).slice() }
}
