import type { ReplicaId } from '@flowsync/crdt'
import { PROTOCOL_VERSION, type Hello } from '@flowsync/protocol'

/** The first message of a connection. */
export function helloOf(id: number, replica: ReplicaId, adopted: readonly ReplicaId[], token: string): Hello {
  const client = `flowsync-core/${PROTOCOL_VERSION}`
  return { type: 'hello', id, version: PROTOCOL_VERSION, replica, adopted, token, client }
}
