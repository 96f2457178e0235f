/** What may accompany a {@link FlowSyncError}. */
export interface FlowSyncErrorOptions {
  /** True when the same call may succeed later without being changed. */
  retryable?: boolean
  /** Facts a program can act upon; never payloads or tokens. */
  details?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/**
 * The one error class of FlowSync: a literal `code` to switch on, a message that says what to do.
 *
 * Codes read `area/reason`. All of them are listed, with their meaning, in the registry that
 * `@flowsync/protocol` exports as `ERROR_CODES`.
 */
export class FlowSyncError<Code extends string = string> extends Error {
  override readonly name = 'FlowSyncError'
  readonly code: Code
  readonly retryable: boolean
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: Code, message: string, options: FlowSyncErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
    this.details = options.details ?? {}
  }
}

/** True for every error that FlowSync throws on purpose, whichever copy of the package made it. */
export function isFlowSyncError(error: unknown): error is FlowSyncError {
  return error instanceof Error && error.name === 'FlowSyncError' && 'code' in error
}
