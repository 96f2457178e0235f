import { counter, text } from '@flowsync/crdt'
import { defineStreams } from '@flowsync/protocol'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createTestHub, type TestHub } from './test-hub.js'

const streams = defineStreams({ 'doc:*': text(), 'counter:*': counter() })

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function createHub() {
  const hub = await createTestHub({ streams })
  closers.push(() => hub.close())
  return hub
}

function createTester(hub: TestHub<typeof streams>, ...args: Parameters<TestHub<typeof streams>['client']>) {
  const client = hub.client(...args)
  closers.push(() => client.close())
  return client
}

describe('createTestHub', () => {
  it('syncs clients', async () => {
    const hub = await createHub()
    const alice = createTester(hub, 'alice').stream('doc:a')
    const bob = createTester(hub, 'bob').stream('doc:a')
    await bob.whenReady()
    const { seq } = await alice.insert(0, 'hello').acked
    expect(seq).toBe(1)
    await vi.waitFor(() => expect(bob.value).toBe('hello'))
    expect(await hub.read('doc:a')).toBe('hello')
    expect(await hub.read('doc:b')).toBeUndefined()
  })

  it('goes away and comes back with what was acknowledged, and gets what was not', async () => {
    const hub = await createHub()
    const client = createTester(hub)
    const votes = client.stream('counter:a')
    await votes.increment(2).acked
    hub.stop()
    const receipt = votes.increment(3)
    await vi.waitFor(() => expect(client.getSnapshot().isOnline).toBe(false))
    await hub.start()
    client.goOnline()
    await receipt.acked
    expect(await hub.read('counter:a')).toBe(5)
  })

  it('survives dropped connections', async () => {
    const hub = await createHub()
    const client = createTester(hub)
    const votes = client.stream('counter:a')
    await votes.whenReady()
    hub.dropConnections()
    votes.increment()
    client.goOnline()
    await client.whenSynced()
    expect(await hub.read('counter:a')).toBe(1)
  })

  it('holds clients to their grants', async () => {
    const hub = await createHub()
    const reader = createTester(hub, 'reader', { token: () => hub.token('reader', ['read:counter:*']) })
    const votes = reader.stream('counter:a')
    await votes.whenReady()
    await expect(votes.increment().acked).rejects.toMatchObject({ code: 'acl/denied' })
    expect(votes.value).toBe(0)
  })

  it('refuses tokens of others', async () => {
    const hub = await createHub()
    const stranger = createTester(hub, 'stranger', { token: () => 'forged' })
    stranger.stream('counter:a')
    await vi.waitFor(() => expect(stranger.getSnapshot().error?.code).toBe('auth/token-invalid'))
  })
})
