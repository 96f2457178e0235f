import { isFlowSyncError, type FlowSyncError } from '@flowsync/crdt'
import { createError, type System } from '@flowsync/protocol'
import { createDeferred } from '../deferred.js'

/** How long the application's token function may take. */
const TOKEN_TIMEOUT_MS = 15_000

/** Asks the application for tokens, one question at a time. */
export interface TokenSource {
  /**
   * A fresh token; null when nobody is signed in. Callers that come while one is being fetched share it.
   * @throws FlowSyncError `auth/token-missing` when the function fails, takes too long or returns nothing
   */
  get(): Promise<string | null>
  /** Stops waiting for an answer. */
  dispose(): void
}

export function createTokenSource(
  provide: () => Promise<string | null> | string | null,
  system: System,
): TokenSource {
  let pending: Promise<string | null> | undefined
  let cancel: () => void = () => undefined
  const fetchToken = (): Promise<string | null> => {
    const { promise, resolve, reject } = createDeferred<string | null>()
    // A function that never answers must not hold up the session for ever.
    cancel = system.setTimer(TOKEN_TIMEOUT_MS, () =>
      reject(missing(`did not answer in ${TOKEN_TIMEOUT_MS} ms`)),
    )
    const ask = async (): Promise<void> => {
      try {
        const token: unknown = await provide()
        if (token !== null && (typeof token !== 'string' || token === '')) throw missing('returned none')
        resolve(token)
      } catch (cause) {
        reject(isFlowSyncError(cause) ? cause : missing('failed', cause))
      }
    }
    void ask()
    return promise
  }
  return {
    get() {
      pending ??= fetchToken().finally(() => {
        pending = undefined
        cancel()
      })
      return pending
    },
    dispose: () => cancel(),
  }
}

function missing(what: string, cause?: unknown): FlowSyncError {
  return createError('auth/token-missing', `There is no token: the token function ${what}.`, { cause })
}

/** The `sub` of a JSON Web Token, unverified; undefined for anything else. The hub verifies. */
export function subjectOf(token: string): string | undefined {
  const payload = token.split('.')[1]
  if (payload === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    )
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const { sub } = Object(claims) as { readonly sub?: unknown }
    return typeof sub === 'string' ? sub : undefined
  } catch (error) {
    // atob throws a DOMException, JSON.parse a SyntaxError: the token is of another kind.
    if (error instanceof SyntaxError || error instanceof DOMException) return undefined
    throw error
  }
}
