import type { FlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

/** What everything fails with once the client was closed. */
export function clientClosed(): FlowSyncError {
  return createError('client/closed', 'The client was closed.')
}
