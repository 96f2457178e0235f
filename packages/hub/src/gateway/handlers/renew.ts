import { createError, type Renew } from '@flowsync/protocol'
import { identify } from '../../auth/authenticate.js'
import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'

const RETRY_AFTER_MS = 1_000

/**
 * Replaces the session's token. What the new one no longer allows to read is left at once. One at a time: checking
 * a token may cost a lot.
 * @throws FlowSyncError `auth/*`, `acl/denied`, `limit/rate`; the session goes on with what it had
 */
export async function renew(
  connection: SessionConnection,
  session: Session,
  { id, token }: Renew,
): Promise<void> {
  if (session.isRenewing) {
    throw createError('limit/rate', 'The token sent before is still being checked.', {
      details: { retryAfterMs: RETRY_AFTER_MS },
    })
  }
  session.isRenewing = true
  try {
    const { auth, system } = connection.context
    const identity = await identify(auth, token, { workspace: session.workspace, nowMs: system.nowMs() })
    session.renew(identity)
  } finally {
    session.isRenewing = false
  }
  for (const stream of session.joined.keys()) {
    if (!session.canRead(stream)) connection.leave(stream)
  }
  connection.watchExpiry(session)
  connection.send({ type: 'renewed', id, expiresAtMs: session.expiresAtMs })
}
