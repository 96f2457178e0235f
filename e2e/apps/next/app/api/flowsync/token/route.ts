import { createTokenRoute } from '@flowsync/next'
import { grantsOf, hubSecret } from '@/lib/hub.server'
import { currentUser } from '@/lib/session.server'

export const { GET, POST } = createTokenRoute({
  session: () => currentUser(),
  subject: (user) => user.id,
  grants: grantsOf,
  secret: hubSecret,
})
