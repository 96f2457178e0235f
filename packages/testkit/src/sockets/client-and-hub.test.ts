import { createClient, getServerData, type FlowSyncClient } from '@flowsync/core'
import { memory } from '@flowsync/core/memory'
import { counter, text } from '@flowsync/crdt'
import { createHub, jwtAuth, memory as hubMemory, MemoryDisk, silentLogger, type Hub } from '@flowsync/hub'
import { defineStreams } from '@flowsync/protocol'
import { createHubToken } from '@flowsync/token'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const streams = defineStreams({ 'doc:*': text(), 'counter:*': counter() })
const secret = 'a secret of at least thirty-two bytes'

let hub: Hub
let disk: MemoryDisk
let url: string
const closers: (() => unknown)[] = []

beforeEach(async () => {
  disk = new MemoryDisk()
  url = await start(0)
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  await hub.close()
})

async function start(port: number): Promise<string> {
  hub = createHub({
    port,
    streams,
    storage: hubMemory({ disk }),
    auth: jwtAuth({ secret }),
    logger: silentLogger,
  })
  return (await hub.listen()).url
}

function token(
  grants = ['write:doc:*', 'write:counter:*'],
  lifetimeMs = 60_000,
  subject = 'alice',
): Promise<string> {
  return createHubToken({ subject, grants, secret, workspace: '*', expiresInSeconds: lifetimeMs / 1_000 })
}

function client(
  options: Partial<Parameters<typeof createClient<typeof streams>>[0]> = {},
): FlowSyncClient<typeof streams> {
  const made = createClient({ url, streams, token: () => token(), connect: true, ...options })
  closers.push(() => made.close())
  return made
}

describe('a client and a hub over sockets', () => {
  it('sync', async () => {
    const [alice, bob] = [client(), client({ token: () => token(undefined, undefined, 'bob') })]
    const [mine, theirs] = [alice.stream('doc:a'), bob.stream('doc:a')]
    await Promise.all([mine.whenReady(), theirs.whenReady()])
    await mine.insert(0, 'hello').acked
    await vi.waitFor(() => expect(theirs.value).toBe('hello'))
    await theirs.insert(5, ' world').acked
    await vi.waitFor(() => expect(mine.value).toBe('hello world'))
  })

  it('find each other again when the hub was away', async () => {
    const alice = client()
    const votes = alice.stream('counter:a')
    await votes.increment(1).acked
    const { port } = new URL(url)
    await hub.close()
    await vi.waitFor(() => expect(alice.getSnapshot().isOnline).toBe(false))
    const receipt = votes.increment(10)
    await start(Number(port))
    await receipt.acked
    const bob = client({ storage: memory() })
    await bob.stream('counter:a').whenReady()
    expect(bob.stream('counter:a').value).toBe(11)
  })

  it('keep a connection over the end of its token', async () => {
    let asked = 0
    const alice = client({
      token: () => {
        asked++
        return token(undefined, 2_500)
      },
    })
    const votes = alice.stream('counter:a')
    await votes.whenReady()
    await vi.waitFor(() => expect(asked).toBeGreaterThanOrEqual(3), { timeout: 10_000 })
    expect(alice.getSnapshot()).toMatchObject({ state: 'live' })
    await votes.increment().acked
  })

  it('tell who may not write, and who is nobody', async () => {
    const reader = client({ token: () => token(['read:doc:*']) })
    const doc = reader.stream('doc:a')
    await doc.whenReady()
    expect(doc.getSnapshot().access).toBe('read')
    await expect(doc.insert(0, 'x').acked).rejects.toMatchObject({ code: 'acl/denied' })
    const counterHandle = reader.stream('counter:a')
    await expect(counterHandle.whenReady()).rejects.toMatchObject({ code: 'acl/denied' })
    const nobody = client({ token: () => 'not a token', subject: 'nobody' })
    await vi.waitFor(() => {
      expect(nobody.getSnapshot()).toMatchObject({
        state: 'needs-auth',
        error: { code: 'auth/token-invalid' },
      })
    })
  })

  it('render on a server what a client goes on from', async () => {
    const alice = client()
    await alice.stream('doc:a').insert(0, 'served').acked
    const state = await getServerData(url, ['doc:a', 'doc:never'], { token: await token() })
    const bob = client({ connect: false })
    bob.hydrate(state)
    expect(bob.stream('doc:a').getSnapshot()).toMatchObject({ value: 'served', isSynced: true })
    bob.goOnline()
    await bob.whenSynced()
    expect(bob.stream('doc:never').value).toBe('')
    await expect(getServerData(url, ['doc:a'], { token: 'nonsense' })).rejects.toMatchObject({
      code: 'auth/token-invalid',
    })
    await expect(
      getServerData(url, ['doc:a'], { token: await token(['read:counter:*']) }),
    ).rejects.toMatchObject({
      code: 'acl/denied',
    })
  })
})
