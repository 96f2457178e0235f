import { expect, it } from 'vitest'
import { getServerData } from './server-data.js'

const failing = (error: Error) =>
  getServerData('https://hub.example', [], { token: 't', fetch: () => Promise.reject(error) })

it("lets Next's signals through, so that a page becomes dynamic instead of failing the build", async () => {
  const signal = Object.assign(new Error('Dynamic server usage'), { digest: 'DYNAMIC_SERVER_USAGE' })
  await expect(failing(signal)).rejects.toBe(signal)
})

it('tells of a hub that cannot be reached', async () => {
  await expect(failing(new TypeError('fetch failed'))).rejects.toMatchObject({ code: 'network/unreachable' })
})
