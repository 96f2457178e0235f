import { createTokenRoute } from '@flowsync/token'
import { hubSecret } from '#lib/server/environment.ts'
import { grantsOf } from '#lib/server/hub.ts'
import type { RequestEvent } from './$types'

export const { GET, POST } = createTokenRoute({
  session: ({ locals }: RequestEvent) => locals.user,
  subject: (user) => user.id,
  grants: grantsOf,
  secret: hubSecret,
})
