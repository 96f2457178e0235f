import { createTokenRoute } from '@flowsync/token'
import { grantsOf, hubSecret } from '#lib/server/hub.ts'
import type { RequestEvent } from './$types'

export const { GET, POST } = createTokenRoute({
  session: ({ locals }: RequestEvent) => locals.user,
  subject: (user) => user.id,
  grants: grantsOf,
  secret: hubSecret,
})
