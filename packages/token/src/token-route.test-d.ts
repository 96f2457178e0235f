import { expectTypeOf, test } from 'vitest'
import { createTokenRoute, type TokenRoute } from './token-route.js'

const secret = 'a secret of thirty-two bytes ...'

/** As Auth.js has them. */
interface AuthSession {
  user?: { id?: string; name?: string | null; email?: string | null }
  expires: string
}
declare function auth(): Promise<AuthSession | null>

test('the session is what `session` returns, without null', () => {
  const route = createTokenRoute({
    session: () => auth(),
    grants: (session) => {
      expectTypeOf(session).toEqualTypeOf<AuthSession>()
      return []
    },
    workspace: (session) => {
      expectTypeOf(session).toEqualTypeOf<AuthSession>()
      return 'acme'
    },
    secret,
  })
  expectTypeOf(route).toEqualTypeOf<TokenRoute>()
})

test('the event is a request unless `session` asks for another', () => {
  createTokenRoute({
    session: (request, headers) => {
      expectTypeOf(request).toEqualTypeOf<Request>()
      expectTypeOf(headers).toEqualTypeOf<Headers>()
      return auth()
    },
    grants: () => [],
    secret,
  })
  interface Event {
    locals: { auth: () => Promise<AuthSession | null> }
  }
  const route = createTokenRoute({ session: ({ locals }: Event) => locals.auth(), grants: () => [], secret })
  expectTypeOf(route).toEqualTypeOf<TokenRoute<Event>>()
})

test('a session without user.id or user.email needs a subject', () => {
  const session = () => ({ accountId: 'a1' })
  createTokenRoute({ session, subject: ({ accountId }) => accountId, grants: () => [], secret })
  // @ts-expect-error `subject` is missing
  createTokenRoute({ session, grants: () => [], secret })
  const named = () => ({ user: { name: 'Ada' } })
  // @ts-expect-error a name is no stable id
  createTokenRoute({ session: named, grants: () => [], secret })
})

test('a session of another shape is known to `subject`, whatever the event is', () => {
  interface Account {
    accountId: string
  }
  const find = async (request: Request): Promise<Account | null> =>
    request.url === '' ? null : { accountId: '1' }
  createTokenRoute({
    session: (request) => find(request),
    subject: (account) => {
      expectTypeOf(account).toEqualTypeOf<Account>()
      return account.accountId
    },
    grants: () => [],
    secret,
  })
})

test('a function for the workspace must find one', () => {
  const workspace = (): string | undefined => undefined
  // @ts-expect-error undefined is no workspace
  createTokenRoute({ session: () => auth(), workspace, grants: () => [], secret })
})
