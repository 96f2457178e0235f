import { afterEach, describe, expect, test, vi } from 'vitest'
import { fetchToken } from './fetch-token.js'

function answer(body: string, status = 200): void {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(body, { status })),
  )
}

/** A route that never answers, as `fetch` treats it. */
function answerNever(): void {
  vi.stubGlobal('fetch', (_url: string, { signal }: RequestInit) => {
    return new Promise((_resolve, reject) => {
      // What `fetch` rejects with is the reason itself, whatever it is.
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  })
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
      signal: expect.any(AbortSignal),
    })
  })

  test.each([
    ['the route says so', '{"token":null}', 200],
    ['the route refuses', '{"error":{"code":"auth/token-missing","message":"Sign in first"}}', 401],
    ['a proxy refuses', '<html>Unauthorized</html>', 401],
  ])('returns null when nobody is signed in: %s', async (_, body, status) => {
    answer(body, status)
    await expect(fetchToken('/token')).resolves.toBeNull()
  })

  test("throws the route's own error, not to be tried again", async () => {
    answer('{"error":{"code":"acl/denied","message":"Your account is closed"}}', 403)
    await expect(fetchToken('/token')).rejects.toMatchObject({
      code: 'acl/denied',
      message: 'Your account is closed',
      retryable: false,
    })
  })

  test.each([
    ['a failing route', '{"error":{"code":"config/invalid","message":"no subject"}}', 500],
    ['the page of a proxy', '<html>Bad gateway</html>', 502],
    ['a sign-in page', '<html>Sign in</html>', 200],
    ['a missing route', 'Not found', 404],
    ['an answer without a token', '{}', 200],
    ['an empty token', '{"token":""}', 200],
    ['an answer that is no object', 'null', 200],
  ])('says of %s that it may be tried again', async (_, body, status) => {
    answer(body, status)
    await expect(fetchToken('/token')).rejects.toMatchObject({
      code: 'network/unreachable',
      retryable: true,
      details: { status },
    })
  })

  test('passes on what a failing route says', async () => {
    answer('{"error":{"code":"config/invalid","message":"no subject"}}', 500)
    await expect(fetchToken('/token')).rejects.toThrow('no subject')
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

  test('does not wait for ever', async () => {
    answerNever()
    await expect(fetchToken('/token', { timeoutMs: 5 })).rejects.toMatchObject({
      code: 'network/timeout',
      retryable: true,
    })
  })

  test('stops when its caller does', async () => {
    answerNever()
    const caller = new AbortController()
    const token = fetchToken('/token', { signal: caller.signal })
    caller.abort()
    await expect(token).rejects.toMatchObject({ code: 'network/unreachable', cause: caller.signal.reason })
  })
})
