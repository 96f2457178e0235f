import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

/** The error of a token, or a hub, that speaks of somebody else than the data belongs to; undefined when all is well. */
export function subjectMismatch(actual: string | undefined, expected: string): FlowSyncError | undefined {
  if (actual === undefined || expected === '' || actual === expected) return undefined
  return createError(
    'auth/subject-mismatch',
    'The token belongs to somebody else than the data of this client.',
    { details: { subject: actual } },
  )
}

/** The cause itself when FlowSync threw it. */
export function toError(
  cause: unknown,
  code: 'auth/token-missing' | 'network/unreachable' | 'codec/malformed',
): FlowSyncError {
  return isFlowSyncError(cause) ? cause : createError(code, 'The connection failed.', { cause })
}
