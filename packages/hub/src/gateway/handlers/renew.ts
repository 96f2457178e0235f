import type { Renew } from '@flowsync/protocol'
import { identify } from '../../auth/authenticate.js'
import type { SessionConnection } from '../session-connection.js'
import type { Session } from '../session.js'

/**
 * Replaces the session's token. What the new one no longer allows to read is left at once.
 * @throws FlowSyncError `auth/*`, `acl/denied`; the session goes on with what it had
 */
export async function renew(
  connection: SessionConnection,
  session: Session,
  { id, token }: Renew,
): Promise<void> {
  const { auth, system } = connection.context
  const identity = await identify(auth, token, { workspace: session.workspace, nowMs: system.nowMs() })
  session.renew(identity)
  for (const stream of session.joined) {
    if (!session.canRead(stream)) connection.leave(session, stream)
  }
  connection.watchExpiry(session)
  connection.send({ type: 'renewed', id, expiresAtMs: session.expiresAtMs })
}
