import { decodeJwt, jwtVerify } from 'jose'
import { NextRequest } from 'next/server.js'
import type { NextAuthOptions } from 'next-auth'
import { encode } from 'next-auth/jwt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTokenRoute, type TokenResponse, type TokenRouteOptions } from './token-route.js'

const secret = 'a secret of thirty-two bytes ...'
const authSecret = 'the secret of the sessions'
const authOptions: NextAuthOptions = { secret: authSecret, providers: [], session: { strategy: 'jwt' } }

const sessionCookie = 'next-auth.session-token'

async function requestOf(claims?: Record<string, string>): Promise<NextRequest> {
  const headers = new Headers()
  if (claims !== undefined) {
    headers.set('cookie', `${sessionCookie}=${await encode({ token: claims, secret: authSecret })}`)
  }
  return new NextRequest('http://app.example/api/flowsync/token', { method: 'POST', headers })
}

function routeOf(options: Partial<TokenRouteOptions> = {}) {
  return createTokenRoute({ authOptions, secret, grants: () => ['write:doc:*'], ...options })
}

describe('createTokenRoute', () => {
  beforeAll(() => vi.stubEnv('NEXTAUTH_URL', 'http://app.example'))
  afterAll(() => vi.unstubAllEnvs())

  test('turns a session into a token of its user', async () => {
    const grants = vi.fn(async () => ['read:doc:*'])
    const response = await routeOf({ grants, workspace: 'acme' }).POST(
      await requestOf({ email: 'ada@app.example' }),
    )
    expect(response.status).toBe(200)
    const { token, expiresAtMs } = (await response.json()) as TokenResponse
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), { algorithms: ['HS256'] })
    expect(payload).toMatchObject({ sub: 'ada@app.example', grants: ['read:doc:*'], workspace: 'acme' })
    expect(Math.abs((payload.exp ?? 0) * 1000 - expiresAtMs)).toBeLessThan(2_000)
    expect(grants).toHaveBeenCalledWith(
      expect.objectContaining({ user: expect.objectContaining({ email: 'ada@app.example' }) }),
    )
  })

  test('answers GET as well', async () => {
    const response = await routeOf().GET(await requestOf({ email: 'ada@app.example' }))
    expect(response.status).toBe(200)
  })

  test('lets nobody cache an answer', async () => {
    const granted = await routeOf().POST(await requestOf({ email: 'ada@app.example' }))
    const refused = await routeOf().POST(await requestOf())
    expect(granted.headers.get('cache-control')).toBe('no-store')
    expect(refused.headers.get('cache-control')).toBe('no-store')
  })

  test('renews the session cookie, as reading a session does', async () => {
    const response = await routeOf().POST(await requestOf({ email: 'ada@app.example' }))
    expect(response.headers.getSetCookie().join()).toContain(sessionCookie)
  })

  test('refuses a request without a session', async () => {
    const response = await routeOf().POST(await requestOf())
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'auth/token-missing' } })
  })

  test('refuses a session that somebody else sealed', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const forged = await encode({ token: { email: 'eve@app.example' }, secret: 'another secret' })
    const headers = new Headers({ cookie: `${sessionCookie}=${forged}` })
    const response = await routeOf().POST(
      new NextRequest('http://app.example/token', { method: 'POST', headers }),
    )
    expect(response.status).toBe(401)
    log.mockRestore()
  })

  test('prefers the id that a session callback gave, and the subject function to both', async () => {
    const callbacks: NextAuthOptions['callbacks'] = {
      session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
    }
    const request = () => requestOf({ sub: 'id-1', email: 'ada@app.example' })
    const byId = await routeOf({ authOptions: { ...authOptions, callbacks } }).POST(await request())
    const byFunction = await routeOf({ subject: () => 'chosen' }).POST(await request())
    const subjectOf = async (response: Response) =>
      decodeJwt(((await response.json()) as TokenResponse).token).sub
    expect(await subjectOf(byId)).toBe('id-1')
    expect(await subjectOf(byFunction)).toBe('chosen')
  })

  test('signs nothing for a session with a display name alone, which anybody could choose', async () => {
    const response = await routeOf().POST(await requestOf({ name: 'ada' }))
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ error: { code: 'config/invalid' } })
  })

  test('gives a token no more time than the session has', async () => {
    const maxAge = 60
    const options = { authOptions: { ...authOptions, session: { strategy: 'jwt', maxAge } } } as const
    const response = await routeOf({ ...options, expiresInSeconds: 3_600 }).POST(
      await requestOf({ email: 'ada@app.example' }),
    )
    const { expiresAtMs } = (await response.json()) as TokenResponse
    expect(expiresAtMs - Date.now()).toBeLessThanOrEqual(maxAge * 1000)
  })
})
