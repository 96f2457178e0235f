import type { FlowSyncError } from '@flowsync/crdt'
import { createError, type Hello, toHex } from '@flowsync/protocol'
import { identify } from '../../auth/authenticate.js'
import type { GatewayContext } from '../gateway-context.js'
import { Session } from '../session.js'

const SESSION_ID_BYTES = 8
const RECONNECT_ELSEWHERE_MS = 200

/**
 * Opens a session for whom the token names.
 *
 * The replicas it names are taken at their word here and checked where they count: the storage binds a
 * replica to the subject that first appends under it, and refuses everybody else.
 * @throws FlowSyncError `auth/*`, `acl/denied`, `hub/draining`
 */
export async function openSession(
  context: GatewayContext,
  workspace: string,
  hello: Hello,
): Promise<Session> {
  const { system, limits } = context
  if (context.isDraining()) throw draining()
  const identity = await identify(context.auth, hello.token, { workspace, nowMs: system.nowMs() })
  return new Session({
    id: toHex(system.randomBytes(SESSION_ID_BYTES)),
    workspace,
    identity,
    replicas: [hello.replica, ...hello.adopted],
    limits,
  })
}

/** The refusal of what comes while the hub shuts down. */
export function draining(): FlowSyncError {
  return createError('hub/draining', 'The hub is shutting down.', {
    details: { retryAfterMs: RECONNECT_ELSEWHERE_MS },
  })
}
