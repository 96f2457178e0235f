import { describe, expect, it, vi } from 'vitest'
import { fromBase64, getServerData, toBase64 } from './hydration.js'
import { codeOf } from './tests/world.js'

const state = { workspace: 'acme', streams: [] }

function answering(answer: () => Response | Promise<Response>) {
  const asked: [URL, RequestInit | undefined][] = []
  const fake = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    asked.push([new URL(String(input instanceof Request ? input.url : input)), init])
    return answer()
  }
  return { asked, fetch: fake }
}

describe('getServerData', () => {
  it('asks for all streams in one request', async () => {
    const { asked, fetch } = answering(() => Response.json(state))
    const options = { token: 'secret', workspace: 'acme', fetch }
    expect(await getServerData('ws://hub.example:8765/', ['doc:a b', 'counter:1'], options)).toEqual(state)
    const [url, init] = asked[0] ?? []
    expect(String(url)).toBe('http://hub.example:8765/v1/acme/hydrate?stream=doc%3Aa+b&stream=counter%3A1')
    expect(new Headers(init?.headers).get('authorization')).toBe('Bearer secret')
  })

  it.each<[string, () => Response | Promise<Response>, string]>([
    [
      'refused',
      () => Response.json({ error: { code: 'acl/denied', message: 'No.' } }, { status: 403 }),
      'acl/denied',
    ],
    ['failing', () => Response.json({}, { status: 500 }), 'hub/internal'],
    ['no JSON', () => new Response('<html>', { status: 502 }), 'network/unreachable'],
    ['unreachable', () => Promise.reject(new TypeError('fetch failed')), 'network/unreachable'],
    ['late', () => Promise.reject(new DOMException('late', 'TimeoutError')), 'network/timeout'],
  ])('names what happened: %s', async (_, answer, code) => {
    const { fetch } = answering(answer)
    expect(await codeOf(getServerData('http://hub', ['doc:a'], { token: 't', fetch }))).toBe(code)
  })
})

it("lets a framework's signals through, so that a page becomes dynamic instead of failing the build", async () => {
  const signal = Object.assign(new Error('Dynamic server usage'), { digest: 'DYNAMIC_SERVER_USAGE' })
  const { fetch } = answering(() => Promise.reject(signal))
  await expect(getServerData('http://hub', ['doc:a'], { token: 't', fetch })).rejects.toBe(signal)
})

it('does not keep a page waiting for a second', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout')
  const { asked, fetch } = answering(() => Response.json(state))
  await getServerData('http://hub', ['doc:a'], { token: 't', fetch })
  expect(timeout.mock.calls[0]?.[0]).toBeLessThan(1_000)
  expect(asked[0]?.[1]?.signal).toBe(timeout.mock.results[0]?.value)
  timeout.mockRestore()
})

describe('base64', () => {
  it('carries any bytes', () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 7) % 256)
    expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    expect(toBase64(new Uint8Array())).toBe('')
  })

  it('is refused when it is none', () => {
    expect(() => fromBase64('%%')).toThrow(expect.objectContaining({ code: 'codec/malformed' }))
  })
})
