import { ByteWriter } from '@flowsync/crdt'
import { FrameReader, invalidValue, malformed } from '../codec/frame-reader.js'
import { createError } from '../errors.js'
import type { DecodeLimits } from '../limits.js'
import type { MessageDefinition } from './message.js'

/** Writes a message of one direction: a byte with its code, then its fields. */
export type FrameEncoder<Message> = (message: Message) => Uint8Array

/** Reads what the encoder of its direction wrote. */
export type FrameDecoder<Message> = (frame: Uint8Array, limits: DecodeLimits) => Message

/** The encoder of one direction's messages. */
export function createFrameEncoder<Message extends { readonly type: string }>(
  definitions: readonly MessageDefinition<unknown>[],
): FrameEncoder<Message> {
  const byType = new Map(definitions.map((definition) => [definition.type, definition]))
  return (message) => {
    const definition = byType.get(message.type)
    if (!definition) throw invalidValue(`a message of type ${message.type}`)
    const writer = new ByteWriter(256)
    writer.u8(definition.code)
    definition.codec.write(writer, message)
    return writer.finish()
  }
}

/**
 * The decoder of one direction's messages.
 * @param checkHeader may refuse a message by its first fields, before the whole of it is read
 */
export function createFrameDecoder<Message>(
  definitions: readonly MessageDefinition<unknown>[],
  checkHeader: (definition: MessageDefinition<unknown>, fields: Uint8Array) => void = () => {},
): FrameDecoder<Message> {
  const byCode = new Map(definitions.map((definition) => [definition.code, definition]))
  return (frame, limits) => {
    const reader = new FrameReader(frame, limits)
    if (frame.length === 0) throw malformed('a frame is empty')
    const code = reader.u8()
    const definition = byCode.get(code)
    if (!definition) {
      throw createError('protocol/unexpected-message', `No message of this direction has the code ${code}.`, {
        details: { code },
      })
    }
    checkHeader(definition, frame.subarray(1))
    const message = definition.codec.read(reader)
    reader.end()
    return message as Message
  }
}
