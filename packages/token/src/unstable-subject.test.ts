import { expect, it } from 'vitest'
import { createTokenRoute } from './token-route.js'

it.each([
  ['a number that is none', NaN],
  ['an infinite number', Infinity],
  ['an object, which reads the same for every user', { id: 'alice' }],
  ['a promise', Promise.resolve('alice')],
  ['a boolean', true],
])('is no stable id: %s', async (_what, id) => {
  const { GET } = createTokenRoute({
    session: () => ({ id }),
    subject: (session) => session.id as unknown as string,
    grants: () => ['write:doc:*'],
    secret: 's'.repeat(32),
    onError: () => undefined,
  })
  const response = await GET(new Request('https://app.example/token'))
  expect([response.status, await response.json()]).toMatchObject([500, { error: { code: 'config/invalid' } }])
})
