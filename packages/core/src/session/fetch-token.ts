import { createError, fromWireError } from '@flowsync/protocol'

/** How the route is asked: what `fetch` takes, and how long to wait. */
export interface FetchTokenOptions extends RequestInit {
  /** How long the route may take. Default 10000. */
  readonly timeoutMs?: number
}

/**
 * Fetches a hub token from your route, for the `token` option of a client; null when nobody is signed in.
 *
 * The route answers JSON: `{ "token": "…" }`, or `{ "token": null }` or status 401 when nobody is signed in.
 * `createTokenRoute` of `@flowsync/token` makes such a route. Nothing is cached, and cookies go to this origin only,
 * unless `init` says otherwise.
 *
 * ```ts
 * createClient({ url: hubUrl, streams, subject: user.id, token: () => fetchToken('/api/flowsync/token') })
 * ```
 * @throws FlowSyncError the route's own code (`{ "error": { "code", "message" } }` below status 500), `network/timeout`,
 *   or `network/unreachable` when the route cannot be reached, fails, or answers with something else such as a page
 */
export async function fetchToken(url: string | URL, init: FetchTokenOptions = {}): Promise<string | null> {
  const { timeoutMs = 10_000, ...request } = init
  const { response, text } = await ask(url, request, timeoutMs)
  if (response.status === 401) return null
  const { token, error } = parse(text)
  if (response.ok && (token === null || (typeof token === 'string' && token !== ''))) return token
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
  const reason = typeof message === 'string' ? message : ''
  if (response.status < 500 && typeof code === 'string') {
    throw fromWireError({ code, message: reason || code, retryAfterMs: 0, details: '{}' })
  }
  throw noToken(response, reason)
}

async function ask(
  url: string | URL,
  init: RequestInit,
  timeoutMs: number,
): Promise<{ readonly response: Response; readonly text: string }> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
  try {
    const response = await fetch(url, { cache: 'no-store', credentials: 'same-origin', ...init, signal })
    return { response, text: await response.text() }
  } catch (cause) {
    if (timeout.aborted)
      throw createError('network/timeout', `The token route did not answer within ${timeoutMs} ms.`, {
        cause,
      })
    throw createError('network/unreachable', 'The token route cannot be reached.', { cause })
  }
}

/** Nothing for a text that is not JSON: it is no token, not an error of its own. */
function parse(text: string): { readonly token?: unknown; readonly error?: unknown } {
  try {
    return Object(JSON.parse(text)) as object
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

/** Says what came instead. Often it is the sign-in page, to which a middleware redirects. */
function noToken({ status, redirected, url, headers }: Response, reason: string): Error {
  const type = headers.get('content-type') ?? 'no content type'
  const from = redirected ? ` after a redirect to ${url}` : ''
  return createError(
    'network/unreachable',
    `The token route answered ${status} (${type}) without a token${from}${reason && `: ${reason}`}.`,
    { details: { status } },
  )
}
