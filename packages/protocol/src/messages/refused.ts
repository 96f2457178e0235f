import { varint } from '../codec/primitives.js'
import { wireError } from '../wire-error.js'
import { defineMessage, type MessageOf } from './message.js'

/** A request failed as a whole. The layout is the same in every version of the protocol. */
export const refused = defineMessage(0x51, 'refused', {
  /** The request; 0 for the connection as a whole, which the hub then closes. */
  id: varint(2 ** 32 - 1),
  error: wireError,
})

export type Refused = MessageOf<typeof refused>
