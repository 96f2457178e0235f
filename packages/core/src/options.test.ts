import { describe, expect, it } from 'vitest'
import { createClient } from './client.js'
import { streams } from './tests/world.js'

const good = { url: 'https://hub.example', streams, token: () => 'token' }

describe('createClient', () => {
  it.each<[string, object]>([
    ['url', { url: 'hub.example' }],
    ['url', { url: 'ftp://hub.example' }],
    ['workspace', { workspace: '' }],
    ['workspace', { workspace: 'a/b' }],
    ['workspace', { workspace: '-acme' }],
    ['token', { token: 'a token' }],
    ['streams', { streams: {} }],
    ['subject', { subject: '' }],
  ])('names the option that is wrong: %s', (option, wrong) => {
    expect(() => createClient({ ...good, ...wrong })).toThrow(
      expect.objectContaining({ code: 'config/invalid', details: { option } }),
    )
  })

  it('does nothing on a server until it is asked', async () => {
    const client = createClient(good)
    expect(client.getSnapshot()).toEqual({
      state: 'offline',
      isOnline: false,
      pendingCount: 0,
      storage: { kind: 'memory', health: 'opening' },
      error: undefined,
    })
    await client.close()
    expect(client.getSnapshot().state).toBe('closed')
  })
})
