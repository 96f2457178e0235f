import { array } from '../codec/composites.js'
import { replicaId } from '../codec/ids.js'
import { string, varint } from '../codec/primitives.js'
import * as LAYOUT_LIMITS from '../layout-limits.js'
import { defineMessage, requestId, type MessageOf } from './message.js'

/** The first message of every connection: who speaks, in which version. Answered by `welcome` or `refused`. */
export const hello = defineMessage(0x01, 'hello', {
  id: requestId,
  /** Stands here, after the id, in every version of the protocol. */
  version: varint(2 ** 16),
  /** This client instance. The hub binds it to the token's subject at first use. */
  replica: replicaId,
  /** Dead instances of the same browser whose outboxes this one delivers. */
  adopted: array(replicaId, LAYOUT_LIMITS.adoptedReplicas),
  token: string(LAYOUT_LIMITS.tokenBytes),
  /** Name and version of the client library, for logs. */
  client: string(LAYOUT_LIMITS.clientNameBytes),
})

export type Hello = MessageOf<typeof hello>
