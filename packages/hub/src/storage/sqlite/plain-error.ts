import { FlowSyncError } from '@flowsync/crdt'

/** A FlowSyncError as it is posted between threads. */
export interface PlainError {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  readonly details: Readonly<Record<string, unknown>>
}

/** An error as values that survive being posted. */
export function toPlainError(error: FlowSyncError): PlainError {
  return { code: error.code, message: error.message, retryable: error.retryable, details: error.details }
}

/** The error that {@link toPlainError} was given. */
export function fromPlainError({ code, message, retryable, details }: PlainError): FlowSyncError {
  return new FlowSyncError(code, message, { retryable, details })
}
