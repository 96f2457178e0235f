import type { FlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

/** What a storage says once its user's data was erased. */
export function wiped(): FlowSyncError {
  return createError('storage/wiped', "The user's data on this device was erased.")
}
