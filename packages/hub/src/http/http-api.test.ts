import { type IncomingMessage, request as httpRequest } from 'node:http'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { ReplicaId } from '@flowsync/crdt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { put, replica } from '../tests/engine-world.js'
import { SocketClient } from '../tests/socket-client.js'
import { startHub, type TestHub, tokenFor } from '../tests/test-hub.js'
import { memory } from '../storage/memory/memory.js'

let test: TestHub
let token: string

beforeAll(async () => {
  // Writes that take a while let requests meet.
  const storage = memory({ delayMs: () => 2 })
  test = await startHub({ storage, limits: { opBytes: 1_000, frameBytes: 100_000 } })
  token = await tokenFor('ada')
})
afterAll(() => test.hub.close())

async function request(path: string, init: RequestInit & { as?: string } = {}) {
  const headers = { Authorization: `Bearer ${init.as ?? token}` }
  const response = await fetch(`${test.address.url}${path}`, { headers, ...init })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

const post = (stream: string, body: unknown, as?: string) =>
  request(`/v1/default/streams/${encodeURIComponent(stream)}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    as,
    ...(as === undefined ? {} : { headers: { Authorization: `Bearer ${as}` } }),
  })
const put_ = (text: string) => ({ op: 'put', text })

describe('the HTTP API', () => {
  it('tells that it lives and is ready', async () => {
    expect(await request('/healthz')).toMatchObject({
      status: 200,
      body: { status: 'ok', storage: { state: 'ok' } },
    })
    expect(await request('/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ready', storage: { state: 'ok' } },
    })
  })

  it('pushes intents, reads values, and tells sockets', async () => {
    const reader = await SocketClient.join(test.address.url, token, replica(1))
    await reader.subscribe('note:http')
    expect(await post('note:http', { intent: put_('one') })).toMatchObject({ status: 200, body: { seq: 1 } })
    const { epoch } = await reader.subscribe('note:http')
    await reader.push('note:http', epoch, [put(replica(1), 1, ' two ')])
    expect(await post('note:http', { intent: put_('three') })).toMatchObject({
      status: 200,
      body: { seq: 3, epoch },
    })
    expect(await post('note:http', { intent: put_('') })).toMatchObject({ status: 200, body: { seq: null } })
    expect(await request('/v1/default/streams/note:http')).toMatchObject({
      status: 200,
      body: { stream: 'note:http', rule: 'tape', epoch, seq: 3, value: 'one two three' },
    })
    await reader.until(() => reader.all('feed').flatMap(({ ops }) => ops).length >= 3)
    reader.close()
  })

  it('stores concurrent pushes each once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post('note:many', { intent: put_('x') })),
    )
    expect(answers.map(({ body }) => body['seq']).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    )
  })

  it('stores what has an idempotency key once, also when it comes at the same time', async () => {
    const body = { intent: put_('once'), idempotencyKey: 'k1' }
    const answers = await Promise.all([
      post('note:once', body),
      post('note:once', body),
      post('note:once', body),
    ])
    await post('note:once', { intent: put_(' more') })
    answers.push(await post('note:once', { ...body, intent: put_('changed') }))
    expect(answers.map(({ body: { seq } }) => seq)).toEqual([1, 1, 1, 1])
    expect((await request('/v1/default/streams/note:once')).body['value']).toBe('once more')
    const other = await post('note:once', body, await tokenFor('bob'))
    expect(other.body['seq'], 'a key is the subject’s own').toBe(3)
  })

  it('takes nobody else’s op for the answer to a key', async () => {
    const key = JSON.stringify(['default', 'note:guessed', 'ada', 'k1'])
    const guessed = createHash('sha256').update(key).digest('hex').slice(0, 32) as ReplicaId
    const mallory = await SocketClient.join(test.address.url, await tokenFor('mallory'), guessed)
    const { epoch } = await mallory.subscribe('note:guessed')
    await mallory.push('note:guessed', epoch, [put(guessed, 1, 'mine')])
    expect(await post('note:guessed', { intent: put_('hers'), idempotencyKey: 'k1' })).toMatchObject({
      status: 422,
      body: { error: { code: 'op/replica-foreign' } },
    })
    mallory.close()
  })

  it('hydrates: states that a client continues from', async () => {
    await post('note:h', { intent: put_('state') })
    const { body } = await request('/v1/default/hydrate?stream=note:h&stream=note:empty&stream=note:h')
    const streams = body['streams'] as { name: string; epoch: string; seq: number; state: string }[]
    expect(body['workspace']).toBe('default')
    expect(
      streams.map(({ name, seq, state }) => [name, seq, Buffer.from(state, 'base64').toString()]),
    ).toEqual([
      ['note:h', 1, 'state'],
      ['note:empty', 0, ''],
    ])
    expect(streams[1]?.epoch, 'reading creates nothing').toBe('')
  })

  it.each([
    ['GET', '/', undefined, 404, 'http/not-found'],
    ['GET', '/v2/default/hydrate', undefined, 404, 'http/not-found'],
    ['GET', '/v1/a%20b/hydrate', undefined, 404, 'http/not-found'],
    ['GET', '/v1/default/streams', undefined, 404, 'http/not-found'],
    ['GET', '/v1/default/streams/a/b', undefined, 404, 'http/not-found'],
    ['GET', '/v1/default/streams/%E0%A4%A', undefined, 400, 'codec/malformed'],
    ['DELETE', '/v1/default/streams/note:a', undefined, 405, 'http/method-not-allowed'],
    ['GET', '/v1/default/streams/other:a', undefined, 404, 'stream/unknown'],
    ['GET', '/v1/default/streams/__proto__', undefined, 404, 'stream/unknown'],
    ['GET', '/v1/default/streams/note::a', undefined, 400, 'stream/name-invalid'],
    ['POST', '/v1/default/streams/note:a', '{', 400, 'codec/malformed'],
    ['POST', '/v1/default/streams/note:a', '7', 422, 'op/invalid-intent'],
    ['POST', '/v1/default/streams/note:a', '{"intent":{"op":"put","text":7}}', 422, 'op/invalid-intent'],
    ['POST', '/v1/default/streams/note:a', '{"__proto__":{"intent":1}}', 422, 'op/invalid-intent'],
    ['POST', '/v1/default/streams/note:a', '{"intent":{},"idempotencyKey":""}', 422, 'op/invalid-intent'],
    [
      'POST',
      '/v1/default/streams/note:a',
      `{"intent":{"op":"put","text":"${'x'.repeat(1001)}"}}`,
      413,
      'op/too-large',
    ],
    ['POST', '/v1/default/streams/note:a', 'x'.repeat(100_001), 413, 'frame/too-large'],
  ] as const)('refuses %s %s with a body of %s', async (method, path, body, status, code) => {
    expect(await request(path, { method, body })).toMatchObject({ status, body: { error: { code } } })
  })

  it.each(['//', '//:80', 'http://[', 'http://a:99999/', '*'])(
    'has nothing at %j, and serves on',
    async (path) => {
      const { host, port } = test.address
      const [response] = (await once(httpRequest({ host, port, path }).end(), 'response')) as [
        IncomingMessage,
      ]
      expect(response.resume().statusCode).toBe(404)
      expect(await request('/healthz')).toMatchObject({ status: 200 })
    },
  )

  it('authorises every read and write', async () => {
    const readOnly = await tokenFor('eve', ['read:note:*'])
    expect(await post('note:a', { intent: put_('x') }, readOnly)).toMatchObject({
      status: 403,
      body: { error: { code: 'acl/denied', details: { action: 'write', stream: 'note:a' } } },
    })
    for (const path of ['streams/tape:a', 'hydrate?stream=note:a&stream=tape:a']) {
      const headers = { Authorization: `Bearer ${readOnly}` }
      expect(await request(`/v1/default/${path}`, { headers })).toMatchObject({ status: 403 })
    }
    for (const [authorization, code] of [
      ['', 'auth/token-missing'],
      ['Bearer ', 'auth/token-missing'],
      ['Basic abc', 'auth/token-missing'],
      ['Bearer forged', 'auth/token-invalid'],
    ] as const) {
      const headers = { Authorization: authorization }
      for (const path of ['/v1/default/streams/note:a', '/v1/default/hydrate?stream=note:a']) {
        expect(await request(path, { headers })).toMatchObject({ status: 401, body: { error: { code } } })
      }
    }
    const elsewhere = { Authorization: `Bearer ${await tokenFor('ada', ['write:*'], 'acme')}` }
    expect(await request('/v1/default/streams/note:a', { headers: elsewhere })).toMatchObject({ status: 403 })
  })

  it('answers a preflight of an allowed page', async () => {
    const headers = { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'POST' }
    const response = await fetch(`${test.address.url}/v1/default/streams/note:a`, {
      method: 'OPTIONS',
      headers,
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:3000')
    expect(response.headers.get('access-control-allow-headers')).toContain('Authorization')
  })
})

describe('the rate of requests', () => {
  it('is bounded for each subject, and for each address among those whom nobody knows', async () => {
    const { hub, address } = await startHub({ limits: { requests: { perSecond: 0.1, burst: 2 } } })
    const get = async (as: string) => {
      const response = await fetch(`${address.url}/v1/default/streams/note:a`, {
        headers: { Authorization: `Bearer ${as}` },
      })
      return [response.status, response.headers.get('retry-after')]
    }
    const [ada, bob] = [await tokenFor('ada'), await tokenFor('bob')]
    expect(await Promise.all([get(ada), get(ada)])).toEqual([
      [200, null],
      [200, null],
    ])
    expect(await get(ada)).toEqual([429, expect.stringMatching(/^[1-9]\d*$/)])
    for (const status of [401, 401, 429]) expect((await get('nonsense'))[0]).toBe(status)
    expect(await get(bob), 'from the same address').toEqual([200, null])
    expect((await fetch(`${address.url}/healthz`)).status).toBe(200)
    await hub.close()
  })
})
