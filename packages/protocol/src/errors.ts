import { FlowSyncError, type FlowSyncErrorOptions } from '@flowsync/crdt'
import type { ErrorCode } from './error-codes.js'

/** Codes after which the same call may succeed later without being changed. */
export const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  'protocol/hello-timeout',
  'auth/token-expired',
  'stream/epoch-changed',
  'op/counter-gap',
  'update/missing-parents',
  'update/out-of-order',
  'limit/rate',
  'hub/draining',
  'hub/overloaded',
  'hub/internal',
  'storage/unavailable',
  'storage/full',
  'storage/blocked',
  'network/unreachable',
  'network/timeout',
] satisfies ErrorCode[])

/** Makes an error that is retryable if its code is, unless told otherwise. */
export function createError<Code extends ErrorCode>(
  code: Code,
  message: string,
  options: FlowSyncErrorOptions = {},
): FlowSyncError<Code> {
  return new FlowSyncError(code, message, { retryable: RETRYABLE_CODES.has(code), ...options })
}
