import { createTokenRoute } from '@flowsync/token'
import { personOf, type User } from '../src/session.ts'
import { required } from './environment.ts'
import { clearedCookie, cookieOf, currentUser } from './session.ts'

/** The grants of a user at the hub. */
function grantsOf({ role }: User): string[] {
  const action = role === 'editor' ? 'write' : 'read'
  return ['doc', 'title', 'votes', 'tasks'].map((kind) => `${action}:${kind}:*`)
}

const token = createTokenRoute({
  session: currentUser,
  subject: (user) => user.id,
  grants: grantsOf,
  secret: () => required('FLOWSYNC_SECRET'),
})

/** Answers the routes below `/api/`. */
export async function api(request: Request): Promise<Response> {
  switch (`${request.method} ${new URL(request.url).pathname}`) {
    case 'GET /api/session':
      return Response.json({ user: currentUser(request), hubUrl: required('FLOWSYNC_HUB_URL') })
    case 'POST /api/sign-in': {
      const body = (await request.json()) as { name?: unknown } | null
      const user = personOf(body?.name)
      if (!user) return new Response('Nobody has that name.', { status: 401 })
      return Response.json(user, { headers: { 'set-cookie': cookieOf(user) } })
    }
    case 'POST /api/sign-out':
      return Response.json(null, { headers: { 'set-cookie': clearedCookie } })
    case 'GET /api/flowsync/token':
    case 'POST /api/flowsync/token':
      return token.POST(request)
    default:
      return new Response('Not found', { status: 404 })
  }
}
