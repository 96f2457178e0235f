import { afterEach, describe, expect, it, vi } from 'vitest'
import { tryGetServerData, type TryServerDataOptions } from './try-get-server-data.js'

const refusal = Response.json({ error: { code: 'auth/token-invalid', message: 'No.' } }, { status: 401 })
const unreachable = () => Promise.reject(new TypeError('fetch failed'))

const tryWith = (answer: () => Promise<Response>, options: Partial<TryServerDataOptions> = {}) =>
  tryGetServerData('http://hub', ['doc:a'], { token: 't', fetch: answer, ...options })

describe('tryGetServerData', () => {
  afterEach(() => vi.restoreAllMocks())

  it('returns what the hub has', async () => {
    const state = { workspace: 'default', streams: [] }
    expect(await tryWith(async () => Response.json(state))).toEqual(state)
  })

  it.each([
    ['network/unreachable', unreachable],
    ['auth/token-invalid', async () => refusal.clone()],
  ])('returns undefined and says why: %s', async (code, answer) => {
    const onError = vi.fn()
    expect(await tryWith(answer, { onError })).toBeUndefined()
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code }))
  })

  it('warns of an outage, and reports a wrong secret as the error it is', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await tryWith(unreachable)
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('network/unreachable'))
    expect(error).not.toHaveBeenCalled()
    await tryWith(async () => refusal.clone())
    expect(error).toHaveBeenCalledWith(
      expect.any(String),
      expect.objectContaining({ code: 'auth/token-invalid' }),
    )
  })

  it('throws what is neither an answer nor an outage', async () => {
    const signal = Object.assign(new Error('Dynamic server usage'), { digest: 'DYNAMIC_SERVER_USAGE' })
    await expect(tryWith(() => Promise.reject(signal))).rejects.toBe(signal)
    await expect(tryGetServerData('no address', [], { token: 't' })).rejects.toThrow(TypeError)
  })
})
