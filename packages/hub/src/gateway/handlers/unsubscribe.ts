import type { Unsubscribe } from '@flowsync/protocol'
import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'

/** Ends the feeds of streams. */
export function unsubscribe(
  connection: SessionConnection,
  session: Session,
  { id, streams }: Unsubscribe,
): void {
  for (const stream of streams) connection.leave(stream)
  connection.send({ type: 'unsubscribed', id })
}
