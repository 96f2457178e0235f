import { FlowSyncError } from '@flowsync/core'

/**
 * Fetches a hub token from the route that `createTokenRoute` made, for the `token` option of a client.
 *
 * @throws FlowSyncError the route's own code such as `auth/token-missing` (not retryable: sign in first), or
 *   `network/unreachable` (retryable) when the route did not answer, answered with a failure of its own or with something else.
 *
 * ```tsx
 * <FlowSyncProvider url={hubUrl} streams={streams} token={() => fetchToken('/api/flowsync/token')}>
 * ```
 */
export async function fetchToken(url: string | URL, init: RequestInit = {}): Promise<string> {
  const { status, body } = await request(url, init)
  const token = field(body, 'token')
  if (typeof token === 'string') return token
  const error = field(body, 'error')
  const code = field(error, 'code')
  const message = field(error, 'message')
  if (status < 500 && typeof code === 'string')
    throw new FlowSyncError(code, typeof message === 'string' ? message : code)
  throw new FlowSyncError('network/unreachable', `The token route answered ${status} without a token`, {
    retryable: true,
    details: { status },
  })
}

async function request(url: string | URL, init: RequestInit): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url, { cache: 'no-store', credentials: 'same-origin', ...init })
    const text = await response.text()
    return { status: response.status, body: parse(text) }
  } catch (cause) {
    throw new FlowSyncError('network/unreachable', 'The token route cannot be reached', {
      retryable: true,
      cause,
    })
  }
}

/** A page of a proxy is not JSON: that is no token, not an error of its own. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}
