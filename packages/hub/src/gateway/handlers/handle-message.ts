import { type ClientMessage, createError } from '@flowsync/protocol'
import type { SessionConnection } from '../session-connection.js'
import type { LimitedRate, Session } from '../session.js'
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
      if (isTooFast(connection, session, message.id, 'subscribes', message.streams.length)) return
      connection.readInTurn(message.id, bytes, () => subscribe(connection, session, message))
      return
    case 'unsubscribe':
      // In turn with `subscribe`, or a stream could be joined after it was left.
      connection.readInTurn(message.id, bytes, async () => unsubscribe(connection, session, message))
      return
    case 'pull':
      if (isTooFast(connection, session, message.id, 'pulls', 1)) return
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

/** Refuses a request that comes too soon after those before it. */
function isTooFast(
  connection: SessionConnection,
  session: Session,
  id: number,
  rate: LimitedRate,
  amount: number,
): boolean {
  const retryAfterMs = session.take(rate, amount, connection.context.system.nowMs())
  if (retryAfterMs === 0) return false
  connection.refuse(id, createError('limit/rate', 'Too many requests.', { details: { retryAfterMs } }))
  return true
}
