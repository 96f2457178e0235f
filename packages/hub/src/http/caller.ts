import { accessTo, type Action, allows, parseGrants } from '../acl/grants.js'
import { identify } from '../auth/authenticate.js'
import { denied } from '../gateway/session.js'
import type { HttpContext } from './http-context.js'
import type { HttpExchange } from './http-exchange.js'

/** Who asks. */
export interface Caller {
  readonly subject: string
  /** @throws FlowSyncError `acl/denied` */
  check(action: Action & ('read' | 'write'), stream: string): void
}

/** @throws FlowSyncError `auth/*`, `acl/denied` */
export async function callerOf(
  context: HttpContext,
  exchange: HttpExchange,
  workspace: string,
): Promise<Caller> {
  const identity = await identify(context.auth, exchange.token, { workspace, nowMs: context.system.nowMs() })
  const grants = parseGrants(identity.grants)
  return {
    subject: identity.subject,
    check(action, stream) {
      if (!allows(accessTo(stream, grants), action)) throw denied(action, stream)
    },
  }
}
