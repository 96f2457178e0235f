import { afterEach, describe, expect, test, vi } from 'vitest'
import { fetchToken } from './fetch-token.js'

function answer(body: string, status = 200): void {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(body, { status })),
  )
}

describe('fetchToken', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('returns the token of the route', async () => {
    answer('{"token":"abc","expiresAtMs":1}')
    await expect(fetchToken('/token', { method: 'POST' })).resolves.toBe('abc')
    expect(fetch).toHaveBeenCalledWith('/token', {
      cache: 'no-store',
      credentials: 'same-origin',
      method: 'POST',
    })
  })

  test("throws the route's own error, not to be tried again", async () => {
    answer('{"error":{"code":"auth/token-missing","message":"Sign in first"}}', 401)
    await expect(fetchToken('/token')).rejects.toMatchObject({
      code: 'auth/token-missing',
      message: 'Sign in first',
      retryable: false,
    })
  })

  test.each([
    ['a failing route', '{"error":{"code":"config/invalid","message":"no subject"}}', 500],
    ['the page of a proxy', '<html>Bad gateway</html>', 502],
    ['an answer without a token', '{}', 200],
    ['an answer that is no object', 'null', 200],
  ])('says of %s that it may be tried again', async (_, body, status) => {
    answer(body, status)
    await expect(fetchToken('/token')).rejects.toMatchObject({ code: 'network/unreachable', retryable: true })
  })

  test('says the same when nothing answers', async () => {
    const cause = new TypeError('fetch failed')
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(cause))
    await expect(fetchToken('/token')).rejects.toMatchObject({
      code: 'network/unreachable',
      retryable: true,
      cause,
    })
  })
})
