import { createTokenRoute } from '@flowsync/token'

const { POST } = createTokenRoute({
  session: currentUser,
  subject: (user) => user.id,
  grants: grantsOf,
  secret: hubSecret,
})

export default defineEventHandler(POST)
