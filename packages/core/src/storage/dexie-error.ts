import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import { createError } from '@flowsync/protocol'

/** The error names along a chain of causes: Dexie wraps what IndexedDB threw as `inner`. */
function namesOf(error: unknown): string[] {
  const names: string[] = []
  for (
    let at = error;
    at instanceof Object && names.length < 5;
    at = (at as { readonly inner?: unknown }).inner
  ) {
    names.push(String((at as { readonly name?: unknown }).name))
  }
  return names
}

/** What a failure of IndexedDB means. Total. */
export function fromDexieError(cause: unknown): FlowSyncError {
  if (isFlowSyncError(cause)) return cause
  const names = namesOf(cause)
  if (names.includes('QuotaExceededError')) {
    return createError('storage/quota', "The browser's storage is full; edits are kept in memory only.", {
      cause,
    })
  }
  if (names.includes('VersionError')) {
    return createError('storage/blocked', 'Another tab has upgraded the local database: reload this one.', {
      cause,
    })
  }
  return createError('storage/unavailable', `The local database failed (${names[0] ?? 'unknown'}).`, {
    cause,
  })
}
