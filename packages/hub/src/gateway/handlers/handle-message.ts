import { type ClientMessage, createError } from '@flowsync/protocol'
import type { TokenBucket } from '../../limit/token-bucket.js'
import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'
import { pull } from './pull.js'
import { push } from './push.js'
import { renew } from './renew.js'
import { subscribe } from './subscribe.js'
import { unsubscribe } from './unsubscribe.js'

/**
 * Does what a client asks for. Whatever happens, it gets one answer.
 * @param bytes size of the message
 */
export function handleMessage(
  connection: SessionConnection,
  session: Session,
  message: ClientMessage,
  bytes: number,
): void {
  switch (message.type) {
    case 'hello':
      connection.fail(createError('protocol/unexpected-message', '`hello` was said already.'), message.id)
      return
    case 'subscribe':
      if (isTooFast(connection, message.id, session.subscribes, message.streams.length)) return
      connection.readInTurn(message.id, bytes, () => subscribe(connection, session, message))
      return
    case 'unsubscribe':
      // In turn with `subscribe`, or a stream could be joined after it was left.
      connection.readInTurn(message.id, bytes, async () => unsubscribe(connection, session, message))
      return
    case 'pull':
      if (isTooFast(connection, message.id, session.pulls, 1)) return
      connection.readInTurn(message.id, bytes, () => pull(connection, session, message))
      return
    case 'push':
      push(connection, session, message).catch((error: unknown) => connection.refuse(message.id, error))
      return
    case 'renew':
      renew(connection, session, message).catch((error: unknown) => connection.refuse(message.id, error))
      return
  }
}

/** Refuses a request that takes more than is left in the bucket. */
function isTooFast(connection: SessionConnection, id: number, bucket: TokenBucket, amount: number): boolean {
  const retryAfterMs = bucket.take(amount, connection.context.system.nowMs())
  if (retryAfterMs === 0) return false
  connection.refuse(id, createError('limit/rate', 'Too many requests.', { details: { retryAfterMs } }))
  return true
}
