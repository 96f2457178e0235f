import { decodeJwt, jwtVerify } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { createTokenRoute, type TokenResponse, type TokenRouteOptions } from './token-route.js'

const secret = 'a secret of thirty-two bytes ...'

interface UserSession {
  readonly user?: { readonly id?: string | number; readonly name?: string; readonly email?: string } | null
  readonly expires?: string | Date
}

const ada: UserSession = { user: { id: 'ada', name: 'Ada' } }
const request = () => new Request('https://app.example/api/flowsync/token', { method: 'POST' })

function ask(
  session: UserSession | null | undefined,
  options: Partial<TokenRouteOptions<UserSession>> = {},
): Promise<Response> {
  const grants = () => ['write:doc:*']
  return createTokenRoute({ session: () => session, grants, secret, ...options }).POST(request())
}

async function tokenIn(response: Response): Promise<{ token: string; expiresAtMs: number }> {
  const body = (await response.json()) as TokenResponse
  if (body.token === null) throw new Error('There is no token in the answer.')
  return body
}

const claimsIn = async (response: Response) => decodeJwt((await tokenIn(response)).token)

describe('createTokenRoute', () => {
  test('turns a session into a token of its user', async () => {
    const grants = vi.fn(async () => ['read:doc:*'])
    const response = await ask(ada, { grants, workspace: 'acme', audience: 'hub', issuer: 'app' })
    expect(response.status).toBe(200)
    const { token, expiresAtMs } = await tokenIn(response)
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      audience: 'hub',
      issuer: 'app',
    })
    expect(payload).toMatchObject({ sub: 'ada', grants: ['read:doc:*'], workspace: 'acme' })
    expect((payload.exp ?? 0) * 1000).toBe(expiresAtMs)
    expect(grants).toHaveBeenCalledWith(ada)
  })

  test.each([null, undefined])(
    'says that nobody is signed in for %j, which is no failure',
    async (session) => {
      const onError = vi.fn()
      const grants = vi.fn(() => ['admin:*'])
      const response = await ask(session, { grants, onError })
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ token: null })
      expect(grants).not.toHaveBeenCalled()
      expect(onError).not.toHaveBeenCalled()
    },
  )

  test('answers GET as well', async () => {
    const { GET } = createTokenRoute({ session: async () => ada, grants: () => [], secret })
    expect(await claimsIn(await GET(request()))).toMatchObject({ sub: 'ada' })
  })

  test.each([ada, null, {}])(
    'lets nobody cache the answer to %j, and no other site read it',
    async (session) => {
      const { headers } = await ask(session, { onError: () => undefined })
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
    },
  )

  test('asks for the session with what the framework gives its handlers', async () => {
    interface Event {
      readonly locals: { readonly user: { readonly id: string } | null }
    }
    const { POST } = createTokenRoute({
      session: (event: Event, headers) => {
        headers.append('set-cookie', 'session=renewed')
        return event.locals.user
      },
      subject: (user) => user.id,
      grants: () => [],
      secret: async () => secret,
    })
    const response = await POST({ locals: { user: { id: 'ada' } } })
    expect(response.headers.getSetCookie()).toEqual(['session=renewed'])
    expect(await claimsIn(response)).toMatchObject({ sub: 'ada' })
    expect(await (await POST({ locals: { user: null } })).json()).toEqual({ token: null })
  })

  test.each<[string, UserSession, string]>([
    ['user.id', { user: { id: 'id-1', email: 'ada@app.example' } }, 'id-1'],
    ['a number', { user: { id: 7 } }, '7'],
    ['user.email', { user: { email: 'ada@app.example', name: 'Ada' } }, 'ada@app.example'],
  ])('takes %s for the subject', async (_, session, subject) => {
    expect(await claimsIn(await ask(session))).toMatchObject({ sub: subject })
    expect(await claimsIn(await ask(session, { subject: () => 'chosen' }))).toMatchObject({ sub: 'chosen' })
  })

  test.each<[string, UserSession]>([
    ['a display name alone, which anybody could choose', { user: { name: 'ada' } }],
    ['an empty id', { user: { id: '' } }],
    ['no user', {}],
  ])('signs nothing for a session with %s, and says so on the server too', async (_, session) => {
    const onError = vi.fn()
    const response = await ask(session, { onError })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ error: { code: 'config/invalid' } })
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'config/invalid' }))
  })

  test('tells the console of a wrong secret unless somebody else listens', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const response = await ask(ada, { secret: () => '' })
    expect(response.status).toBe(500)
    expect(log).toHaveBeenCalledWith(expect.objectContaining({ code: 'config/invalid' }))
    log.mockRestore()
  })

  test('leaves to the framework what an application throws', async () => {
    const failure = new Error('The database is away.')
    await expect(ask(ada, { grants: () => Promise.reject(failure) })).rejects.toBe(failure)
    await expect(ask(ada, { session: () => Promise.reject(failure) })).rejects.toBe(failure)
  })

  test('takes the workspace from the session, and no other when there is none', async () => {
    const workspace = ({ user }: UserSession) => user?.email as string
    const session = { user: { id: 'ada', email: 'acme' } }
    expect(await claimsIn(await ask(session, { workspace }))).toMatchObject({ workspace: 'acme' })
    const refused = await ask(ada, { workspace, onError: () => undefined })
    expect(refused.status).toBe(500)
    expect(await claimsIn(await ask(ada))).not.toHaveProperty('workspace')
  })
})

describe('the end of a session', () => {
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000)

  test.each([inSeconds(60), inSeconds(60).toISOString()])('ends the token too: %j', async (expires) => {
    const { expiresAtMs } = await tokenIn(await ask({ ...ada, expires }, { expiresInSeconds: 3_600 }))
    expect(expiresAtMs).toBeLessThanOrEqual(new Date(expires).getTime())
    expect(expiresAtMs).toBeGreaterThan(Date.now() + 50_000)
  })

  test('does not lengthen a token', async () => {
    const { expiresAtMs } = await tokenIn(
      await ask({ ...ada, expires: inSeconds(3_600) }, { expiresInSeconds: 60 }),
    )
    expect(expiresAtMs).toBeLessThanOrEqual(Date.now() + 60_000)
  })

  test('may stand elsewhere in the session', async () => {
    const expires = () => inSeconds(30)
    expect((await tokenIn(await ask(ada, { expires }))).expiresAtMs).toBeLessThanOrEqual(Date.now() + 30_000)
  })

  test.each([-60, 0])('that has come %j seconds from now means that nobody is signed in', async (seconds) => {
    const response = await ask({ ...ada, expires: inSeconds(seconds) })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ token: null })
  })

  test('that is no time is told, not passed over', async () => {
    const response = await ask({ ...ada, expires: 'tomorrow' }, { onError: () => undefined })
    expect(response.status).toBe(500)
  })
})
