import { decodeJwt } from 'jose'
import { NextRequest } from 'next/server.js'
import type { NextAuthOptions } from 'next-auth'
import { encode } from 'next-auth/jwt'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTokenRoute, type TokenResponse } from './index.js'
import { nextAuthSession } from './next-auth.js'

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

function ask(
  request: NextRequest,
  options: Partial<NextAuthOptions> = {},
  expiresInSeconds = 300,
): Promise<Response> {
  const session = nextAuthSession({ ...authOptions, ...options })
  return createTokenRoute({ session, secret, grants: () => ['write:doc:*'], expiresInSeconds }).POST(request)
}

async function tokenIn(response: Response): Promise<{ token: string; expiresAtMs: number }> {
  const body = (await response.json()) as TokenResponse
  if (body.token === null) throw new Error('There is no token in the answer.')
  return body
}

describe('a token route with NextAuth 4', () => {
  beforeAll(() => vi.stubEnv('NEXTAUTH_URL', 'http://app.example'))
  afterAll(() => vi.unstubAllEnvs())

  test('turns a session into a token of its user', async () => {
    const { token } = await tokenIn(await ask(await requestOf({ email: 'ada@app.example' })))
    expect(decodeJwt(token)).toMatchObject({ sub: 'ada@app.example', grants: ['write:doc:*'] })
  })

  test('prefers the id that a session callback gave', async () => {
    const callbacks: NextAuthOptions['callbacks'] = {
      session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
    }
    const response = await ask(await requestOf({ sub: 'id-1', email: 'ada@app.example' }), { callbacks })
    expect(decodeJwt((await tokenIn(response)).token).sub).toBe('id-1')
  })

  test('renews the session cookie, as reading a session does', async () => {
    const response = await ask(await requestOf({ email: 'ada@app.example' }))
    expect(response.headers.getSetCookie().join()).toContain(sessionCookie)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-type')).toBe('application/json')
  })

  test('says that nobody is signed in without a session', async () => {
    const response = await ask(await requestOf())
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ token: null })
  })

  test('takes no session that somebody else sealed, and clears its cookie', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const forged = await encode({ token: { email: 'eve@app.example' }, secret: 'another secret' })
    const headers = new Headers({ cookie: `${sessionCookie}=${forged}` })
    const response = await ask(new NextRequest('http://app.example/token', { method: 'POST', headers }))
    expect(await response.json()).toEqual({ token: null })
    expect(response.headers.getSetCookie().join()).toContain(`${sessionCookie}=;`)
    log.mockRestore()
  })

  test('gives a token no more time than the session has', async () => {
    const session: NextAuthOptions['session'] = { strategy: 'jwt', maxAge: 60 }
    const response = await ask(await requestOf({ email: 'ada@app.example' }), { session }, 3_600)
    expect((await tokenIn(response)).expiresAtMs - Date.now()).toBeLessThanOrEqual(60_000)
  })
})
