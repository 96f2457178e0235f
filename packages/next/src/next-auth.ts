import type { NextApiRequest, NextApiResponse } from 'next'
import type { NextRequest } from 'next/server.js'
import type { NextAuthOptions, Session } from 'next-auth'
import { getServerSession } from 'next-auth/next'

/**
 * Makes the `session` function of `createTokenRoute` for NextAuth 4: it reads the session of an app router request, and
 * renews its cookie as NextAuth's own session route does. Node only, as NextAuth 4 is.
 *
 * Auth.js (NextAuth 5) needs no helper: `session: () => auth()`.
 *
 * ```ts
 * // app/api/flowsync/token/route.ts
 * export const { GET, POST } = createTokenRoute({
 *   session: nextAuthSession(authOptions),
 *   grants: () => ['write:doc:*'],
 *   secret: () => process.env.HUB_SECRET ?? '',
 * })
 * ```
 */
export function nextAuthSession(
  authOptions: NextAuthOptions,
): (request: NextRequest, headers: Headers) => Promise<Session | null> {
  return (request, headers) => {
    // `getServerSession(options)` alone would drop the session's expiry and the renewed cookie; given a request and
    // a response it hands out both, so what the pages router passes is imitated here.
    const response = {
      getHeader: () => headers.getSetCookie(),
      setHeader(name: string, values: readonly string[]) {
        // The rest describes NextAuth's own answer.
        if (name.toLowerCase() !== 'set-cookie') return
        headers.delete(name)
        for (const value of values) headers.append(name, value)
      },
    }
    const nodeRequest = {
      headers: Object.fromEntries(request.headers),
      cookies: Object.fromEntries(request.cookies.getAll().map(({ name, value }) => [name, value])),
    }
    return getServerSession<NextAuthOptions, Session>(
      // Of Node's request and response NextAuth touches only what stands above.
      nodeRequest as unknown as NextApiRequest,
      response as unknown as NextApiResponse,
      authOptions,
    )
  }
}
