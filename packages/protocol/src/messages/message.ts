import type { Codec } from '../codec/codec.js'
import { struct, type Fields, type StructOf } from '../codec/composites.js'
import { constant, string, varint } from '../codec/primitives.js'
import * as LAYOUT_LIMITS from '../layout-limits.js'
import { MAX_ORDINAL } from '../limits.js'

/** One kind of message: the byte its frames begin with, and the layout of what follows. */
export interface MessageDefinition<Message> {
  readonly type: string
  readonly code: number
  readonly codec: Codec<Message>
}

/** The type of the messages of a definition. */
export type MessageOf<D> = D extends MessageDefinition<infer Message> ? Message : never

/** Defines a message. Answers have the code of their request plus 0x40. */
export function defineMessage<const Type extends string, const F extends Fields>(
  code: number,
  type: Type,
  fields: F,
): MessageDefinition<StructOf<{ readonly type: Codec<Type> } & F>> {
  return { type, code, codec: struct({ type: constant(type), ...fields }) }
}

/** Chosen by the client for each request, at least 1; the answer has the same. */
export const requestId: Codec<number> = varint(2 ** 32 - 1, 1)
/** A stream's name as it travels; whether it is a valid one is decided per stream, not per frame. */
export const streamNameText: Codec<string> = string(LAYOUT_LIMITS.streamNameBytes)
/** A place in a stream, or 0 for the place before its first op. */
export const seq: Codec<number> = varint(MAX_ORDINAL)
/** Milliseconds since 1970. */
export const timeMs: Codec<number> = varint(MAX_ORDINAL)
