import { isFlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'
import { accessTo, type Action, allows, parseGrants } from '../acl/grants.js'
import { type Identity, identify } from '../auth/authenticate.js'
import { denied } from '../gateway/session.js'
import type { HttpContext } from './http-context.js'
import type { HttpExchange } from './http-exchange.js'

/** Who asks. */
export interface Caller {
  readonly subject: string
  /** @throws FlowSyncError `acl/denied` */
  check(action: Action & ('read' | 'write'), stream: string): void
}

/** @throws FlowSyncError `auth/*`, `acl/denied`, `limit/rate` */
export async function callerOf(
  context: HttpContext,
  exchange: HttpExchange,
  workspace: string,
): Promise<Caller> {
  const identity = await identified(context, exchange, workspace)
  checkRate(context, `subject ${workspace}/${identity.subject}`)
  const grants = parseGrants(identity.grants)
  return {
    subject: identity.subject,
    check(action, stream) {
      if (!allows(accessTo(stream, grants), action)) throw denied(action, stream)
    },
  }
}

/** Requests that nobody answers for count for their address: not the others, which may share it behind a proxy. */
async function identified(
  context: HttpContext,
  exchange: HttpExchange,
  workspace: string,
): Promise<Identity> {
  try {
    return await identify(context.auth, exchange.token, { workspace, nowMs: context.system.nowMs() })
  } catch (error) {
    if (isFlowSyncError(error)) checkRate(context, `address ${exchange.address}`)
    throw error
  }
}

function checkRate({ requests, system }: HttpContext, name: string): void {
  const retryAfterMs = requests.take(name, system.nowMs())
  if (retryAfterMs > 0) throw createError('limit/rate', 'Too many requests.', { details: { retryAfterMs } })
}
