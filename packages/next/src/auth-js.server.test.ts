import { decodeJwt } from 'jose'
import NextAuth, { type NextAuthConfig } from 'authjs'
import { encode } from 'authjs/jwt'
import { describe, expect, test, vi } from 'vitest'
import { createTokenRoute, type TokenResponse } from './index.js'

const secret = 'a secret of thirty-two bytes ...'
const authSecret = 'the secret of the sessions'
const sessionCookie = 'authjs.session-token'

/** The headers of the request that is being answered, as Next hands them out. */
const request = vi.hoisted(() => ({ headers: new Headers() }))
vi.mock('next/headers', () => ({ headers: async () => request.headers }))

async function come(claims?: Record<string, string>): Promise<void> {
  request.headers = new Headers({ host: 'app.example', 'x-forwarded-proto': 'http' })
  if (claims === undefined) return
  const cookie = await encode({ token: claims, secret: authSecret, salt: sessionCookie })
  request.headers.set('cookie', `${sessionCookie}=${cookie}`)
}

async function ask(config: Partial<NextAuthConfig> = {}): Promise<TokenResponse> {
  const { auth } = NextAuth({ secret: authSecret, trustHost: true, providers: [], ...config })
  const { POST } = createTokenRoute({ session: () => auth(), secret, grants: () => ['write:doc:*'] })
  const response = await POST(new Request('http://app.example/api/flowsync/token', { method: 'POST' }))
  expect(response.status).toBe(200)
  return (await response.json()) as TokenResponse
}

describe('a token route with Auth.js', () => {
  test('turns a session into a token of its user', async () => {
    await come({ sub: 'id-1', email: 'ada@app.example' })
    const { token } = await ask()
    expect(decodeJwt(token ?? '')).toMatchObject({ sub: 'ada@app.example', grants: ['write:doc:*'] })
  })

  test('prefers the id that a session callback gave', async () => {
    await come({ sub: 'id-1', email: 'ada@app.example' })
    const { token } = await ask({
      callbacks: {
        session: ({ session, token: { sub = '' } }) => ({ ...session, user: { ...session.user, id: sub } }),
      },
    })
    expect(decodeJwt(token ?? '').sub).toBe('id-1')
  })

  test('says that nobody is signed in without a session', async () => {
    await come()
    expect(await ask()).toEqual({ token: null })
  })

  test('gives a token no more time than the session has', async () => {
    await come({ sub: 'id-1', email: 'ada@app.example' })
    const { token } = await ask({ session: { strategy: 'jwt', maxAge: 60 } })
    expect((decodeJwt(token ?? '').exp ?? Infinity) * 1000 - Date.now()).toBeLessThanOrEqual(60_000)
  })
})
