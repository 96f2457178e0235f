import { FlowSyncError, isFlowSyncError } from '@flowsync/core'
import type { NextRequest } from 'next/server.js'
import type { NextAuthOptions, Session } from 'next-auth'
import { createHubToken, type HubTokenOptions } from './hub-token.js'
import { requestSession } from './request-session.js'

/** How sessions become hub tokens. */
export interface TokenRouteOptions extends Pick<
  HubTokenOptions,
  'secret' | 'workspace' | 'expiresInSeconds' | 'audience' | 'issuer'
> {
  /** The options your NextAuth route uses. */
  authOptions: NextAuthOptions
  /** What this session may do at the hub. Called for each token, so a change takes effect when the token is renewed. */
  grants: (session: Session) => readonly string[] | Promise<readonly string[]>
  /** The stable id of the session's user. Unless told: `user.id` when a session callback sets it, else `user.email`. */
  subject?: (session: Session) => string | undefined
}

/** The body of a successful answer. */
export interface TokenResponse {
  token: string
  /** When the token expires, in milliseconds since 1970 by the server's clock. */
  expiresAtMs: number
}

/** The body of a refusal. */
export interface TokenErrorResponse {
  error: { code: string; message: string }
}

/** Handlers of an app router `route.ts`. */
export interface TokenRoute {
  GET: (request: NextRequest) => Promise<Response>
  POST: (request: NextRequest) => Promise<Response>
}

/**
 * Makes the route that turns a NextAuth session into a short-lived hub token.
 *
 * Answers are never cached. A token does not outlive its session. Without a session the answer is 401 with
 * `auth/token-missing`, with a session that has no stable id 500 with `config/invalid`; what `grants` or `subject`
 * throw is left to Next.
 *
 * ```ts
 * // app/api/flowsync/token/route.ts
 * export const { GET, POST } = createTokenRoute({
 *   authOptions,
 *   secret: process.env.HUB_SECRET ?? '',
 *   grants: () => ['write:doc:*'],
 * })
 * ```
 */
export function createTokenRoute(options: TokenRouteOptions): TokenRoute {
  const handle = async (request: NextRequest): Promise<Response> => {
    const { session, setCookies } = await requestSession(request, options.authOptions)
    const headers = new Headers({ 'cache-control': 'no-store' })
    for (const cookie of setCookies) headers.append('set-cookie', cookie)
    if (session === null)
      return refusal(401, 'auth/token-missing', 'Sign in first: no session came with the request', headers)
    try {
      return Response.json(await tokenFor(session, options), { headers })
    } catch (error) {
      if (isFlowSyncError(error)) return refusal(500, error.code, error.message, headers)
      throw error
    }
  }
  return { GET: handle, POST: handle }
}

async function tokenFor(session: Session, options: TokenRouteOptions): Promise<TokenResponse> {
  const subject = (options.subject ?? stableId)(session)
  if (subject === undefined || subject === '') {
    throw new FlowSyncError(
      'config/invalid',
      'The session has neither user.id nor user.email: give createTokenRoute a `subject`',
    )
  }
  const grants = await options.grants(session)
  const secondsLeft = (Date.parse(session.expires) - Date.now()) / 1000
  const wantedSeconds = options.expiresInSeconds ?? 300
  const expiresInSeconds = secondsLeft > 0 ? Math.min(wantedSeconds, secondsLeft) : wantedSeconds
  const token = await createHubToken({ ...options, subject, grants, expiresInSeconds })
  return { token, expiresAtMs: Date.now() + expiresInSeconds * 1000 }
}

function stableId({ user }: Session): string | undefined {
  // Session callbacks add the id; NextAuth's own type does not know it.
  if (user !== undefined && 'id' in user && typeof user.id === 'string') return user.id
  return user?.email ?? undefined
}

function refusal(status: number, code: string, message: string, headers: Headers): Response {
  const body: TokenErrorResponse = { error: { code, message } }
  return Response.json(body, { status, headers })
}
