import { createTokenRoute } from '@flowsync/next'
import { nextAuthSession } from '@flowsync/next/next-auth'
import { authOptions, grantsOf, userOf } from '@/lib/auth'
import { hubSecret, tokenSeconds } from '@/lib/environment'

/** Turns the NextAuth session into a short-lived hub token. */
export const { POST } = createTokenRoute({
  session: nextAuthSession(authOptions),
  secret: hubSecret,
  expiresInSeconds: tokenSeconds(),
  grants: (session) => {
    const user = userOf(session)
    return user ? grantsOf(user.role) : []
  },
})
