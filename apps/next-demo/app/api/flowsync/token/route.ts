import { createTokenRoute } from '@flowsync/next'
import type { NextRequest } from 'next/server'
import { authOptions, grantsOf, userOf } from '@/lib/auth'
import { hubSecret, tokenSeconds } from '@/lib/environment'

/** Turns the NextAuth session into a short-lived hub token. */
export async function POST(request: NextRequest): Promise<Response> {
  // Made per request: the secret is not there while the application is built.
  const route = createTokenRoute({
    authOptions,
    secret: hubSecret(),
    expiresInSeconds: tokenSeconds(),
    grants: (session) => {
      const user = userOf(session)
      return user ? grantsOf(user.role) : []
    },
  })
  return route.POST(request)
}
