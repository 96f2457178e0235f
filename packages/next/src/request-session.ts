import type { NextApiRequest, NextApiResponse } from 'next'
import type { NextRequest } from 'next/server.js'
import type { NextAuthOptions, Session } from 'next-auth'
import { getServerSession } from 'next-auth/next'

/** The session a request's cookies stand for, and the cookies NextAuth wants renewed or cleared. */
export interface RequestSession {
  session: Session | null
  setCookies: readonly string[]
}

/**
 * Reads the NextAuth session of an app router request.
 *
 * `getServerSession(options)` alone would drop the session's expiry and the renewed cookie; given a request and
 * a response it hands out both, so what the pages router passes is imitated here.
 */
export async function requestSession(
  request: NextRequest,
  authOptions: NextAuthOptions,
): Promise<RequestSession> {
  let setCookies: string[] = []
  const response = {
    getHeader: () => setCookies,
    setHeader(name: string, value: string[]) {
      if (name.toLowerCase() === 'set-cookie') setCookies = value
    },
  }
  const nodeRequest = {
    headers: Object.fromEntries(request.headers),
    cookies: Object.fromEntries(request.cookies.getAll().map(({ name, value }) => [name, value])),
  }
  const session = await getServerSession<NextAuthOptions, Session>(
    // Of Node's request and response NextAuth touches only what stands above.
    nodeRequest as unknown as NextApiRequest,
    response as unknown as NextApiResponse,
    authOptions,
  )
  return { session, setCookies }
}
