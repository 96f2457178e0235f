import { createError } from '@flowsync/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ClientStorage, StorageHandle, StorageTransaction } from './storage/driver.js'
import { settle } from './tests/virtual-system.js'
import { codeOf, FakeHost, World } from './tests/world.js'

let world: World
beforeEach(() => {
  world = new World()
})

/** A storage whose commits can be made to fail. */
function failing(
  disk: ClientStorage,
  fail: (transaction: StorageTransaction) => Error | undefined,
): ClientStorage {
  return {
    ...disk,
    async open(scope): Promise<StorageHandle> {
      const handle = await disk.open(scope)
      return {
        ...handle,
        async commit(transaction) {
          const error = fail(transaction)
          if (error) throw error
          await handle.commit(transaction)
        },
      }
    },
  }
}

describe('reloading', () => {
  it('shows what was saved, confirmed and pending, without a hub', async () => {
    const first = await world.liveClient()
    first.stream('doc:a').insert(0, 'saved')
    await first.whenSynced()
    first.goOffline()
    await first.stream('doc:a').insert(5, ' offline').saved
    await first.close()
    const second = world.client({ connect: false })
    const doc = second.stream('doc:a')
    await doc.whenReady()
    expect(doc.getSnapshot()).toMatchObject({
      value: 'saved offline',
      pendingCount: 1,
      isSynced: true,
      status: 'ready',
    })
    second.goOnline()
    await second.whenSynced()
    expect(world.hub.log('doc:a').value).toBe('saved offline')
    expect(second.getSnapshot().pendingCount).toBe(0)
    await second.close()
  })

  it('loses nothing when a tab dies without a word, and delivers streams that nobody opens again', async () => {
    const first = await world.liveClient()
    first.goOffline()
    await first.stream('counter:a').increment(3).saved
    await first.stream('counter:a').increment(4).saved
    world.host.killTabs()
    const second = await world.liveClient()
    await second.whenSynced()
    expect(world.hub.log('counter:a').value).toBe(7)
    await settle()
    // Delivered: nobody uses the stream, so it is left again.
    expect(world.hub.sent('unsubscribe').flatMap(({ streams }) => streams)).toEqual(['counter:a'])
    const { value } = world.hub.log('counter:a')
    world.host.killTabs()
    const third = await world.liveClient()
    third.stream('counter:a')
    await third.whenSynced()
    expect(world.hub.log('counter:a').value).toBe(value)
  })

  it('delivers once what a tab had sent when it died', async () => {
    const first = await world.liveClient()
    const votes = first.stream('counter:a')
    await settle()
    world.hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      world.hub.log('counter:a').append(message.batches[0]?.ops ?? [])
      return 'lost'
    }
    votes.increment(5)
    await settle()
    world.hub.intercept = () => undefined
    world.host.killTabs()
    const second = world.client()
    const again = second.stream('counter:a')
    await second.whenSynced()
    expect(world.hub.log('counter:a').headSeq).toBe(1)
    expect(again.value).toBe(5)
  })

  it('delivers the outboxes of more dead tabs than one `hello` can name', async () => {
    for (let tab = 0; tab < 520; tab++) {
      await world.client({ connect: false }).stream('counter:a').increment().saved
      world.host.killTabs()
    }
    const last = await world.liveClient()
    await world.system.advance(10_000)
    expect(world.hub.log('counter:a').value).toBe(520)
    expect(last.getSnapshot()).toMatchObject({ state: 'live', pendingCount: 0 })
    expect(world.hub.connectCount).toBe(2)
    await last.close()
    // 520 clients take seconds of a busy machine.
  }, 30_000)

  it('leaves the outbox of a living tab alone', async () => {
    const first = await world.liveClient()
    first.goOffline()
    await first.stream('counter:a').increment(3).saved
    const second = await world.liveClient()
    second.stream('counter:a')
    await second.whenSynced()
    expect(world.hub.log('counter:a').headSeq).toBe(0)
    first.goOnline()
    await first.whenSynced()
    await settle()
    expect(second.stream('counter:a').value).toBe(3)
  })

  it('delivers once even when tabs cannot see each other', async () => {
    const blind = (): FakeHost => new FakeHost()
    const first = await world.liveClient({ host: blind() })
    first.goOffline()
    await first.stream('counter:a').increment(3).saved
    const second = await world.liveClient({ host: blind() })
    const votes = second.stream('counter:a')
    await second.whenSynced()
    first.goOnline()
    await first.whenSynced()
    expect(world.hub.log('counter:a').value).toBe(3)
    expect(first.stream('counter:a').value).toBe(3)
    expect(votes.value).toBe(3)
  })

  it('goes on from edits that were made while the disk was read', async () => {
    const first = await world.liveClient()
    first.stream('doc:a').insert(0, 'hello')
    first.stream('counter:a').increment(1)
    await first.whenSynced()
    await first.close()
    const second = await world.liveClient()
    const [doc, votes] = [second.stream('doc:a'), second.stream('counter:a')]
    const receipts = [doc.insert(0, '>'), votes.increment(2)]
    await second.whenSynced()
    await Promise.all(receipts.map(({ saved }) => saved))
    expect(doc.value).toBe('>hello')
    expect(world.hub.log('doc:a').value).toBe('>hello')
    expect(world.hub.log('counter:a').value).toBe(3)
    expect(world.hub.connectCount).toBe(2)
  })

  it('writes checkpoints, so that a reload folds a short tail', async () => {
    const first = await world.liveClient()
    const votes = first.stream('counter:a')
    for (let round = 0; round < 25; round++) {
      for (let index = 0; index < 100; index++) votes.increment()
      await first.whenSynced()
    }
    await first.close()
    const handle = await world.disk.open({ workspace: 'default', subject: 'alice' })
    const [stored] = await handle.load(['counter:a'])
    expect(stored?.checkpoint?.seq).toBeGreaterThanOrEqual(2_000)
    expect(stored?.tail.length).toBeLessThan(600)
    const second = world.client({ connect: false })
    await second.stream('counter:a').whenReady()
    expect(second.stream('counter:a').value).toBe(2_500)
  })
})

describe('a failing disk', () => {
  it('is opened anew once, and nobody notices', async () => {
    let failures = 1
    const storage = failing(world.disk, () => (failures-- > 0 ? new Error('a dead handle') : undefined))
    const client = await world.liveClient({ storage })
    await client.stream('doc:a').insert(0, 'x').saved
    expect(client.getSnapshot().storage).toEqual({ kind: 'memory', health: 'ok' })
  })

  it('is used again when it works again, with all that was kept in memory', async () => {
    let isFull = true
    const storage = failing(world.disk, () => (isFull ? createError('storage/quota', 'Full.') : undefined))
    const client = await world.liveClient({ storage })
    client.stream('doc:a').insert(0, 'sent')
    await client.whenSynced()
    client.goOffline()
    const kept = client.stream('doc:a').insert(4, ' and kept')
    expect(await codeOf(kept.saved)).toBe('storage/quota')
    isFull = false
    await world.system.advance(60_000)
    expect(client.getSnapshot()).toMatchObject({ storage: { health: 'ok' }, error: undefined })
    await client.close()
    const second = world.client({ connect: false })
    const doc = second.stream('doc:a')
    await doc.whenReady()
    expect(doc.getSnapshot()).toMatchObject({ value: 'sent and kept', pendingCount: 1 })
  })

  it('is not asked for what it does not have while it fails', async () => {
    let isFull = false
    const storage = failing(world.disk, () => (isFull ? createError('storage/quota', 'Full.') : undefined))
    const client = await world.liveClient({ storage })
    const doc = client.stream('doc:a')
    await doc.insert(0, 'x').saved
    isFull = true
    await client.whenSynced()
    doc.insert(1, 'y')
    await client.whenSynced()
    doc.close()
    await settle()
    client.goOffline()
    expect(client.stream('doc:a').value).toBe('xy')
    client.stream('doc:a').close()
    client.stream('doc:a').close()
    isFull = false
    await world.system.advance(60_000)
    await client.stream('doc:a').whenReady()
    expect(client.stream('doc:a').value).toBe('xy')
    await client.close()
  })

  it('does not make an edit twice that had to be made anew when the disk failed', async () => {
    world.hub.log('doc:a').edit({ op: 'insert', pos: 0, text: 'hub' })
    let isFull = false
    const storage = failing(world.disk, () => (isFull ? createError('storage/quota', 'Full.') : undefined))
    const first = await world.liveClient({ storage })
    first.goOffline()
    await first.stream('doc:a').insert(0, 'mine').saved
    isFull = true
    first.goOnline()
    await world.system.advance(10_000)
    // The op on disk still has its first id; under its new one it waits.
    expect(first.stream('doc:a').getSnapshot()).toMatchObject({ value: 'minehub', pendingCount: 1 })
    await first.close()
    isFull = false
    const second = await world.liveClient({ storage })
    second.stream('doc:a')
    await second.whenSynced()
    expect(String(world.hub.log('doc:a').value).split('mine')).toHaveLength(2)
    await second.close()
  })

  it('keeps edits in memory, visibly; they still reach the hub', async () => {
    const storage = failing(world.disk, () => createError('storage/quota', 'Full.'))
    const client = await world.liveClient({ storage })
    const doc = client.stream('doc:a')
    const receipt = doc.insert(0, 'x')
    expect(await codeOf(receipt.saved)).toBe('storage/quota')
    await receipt.acked
    expect(client.getSnapshot()).toMatchObject({
      storage: { health: 'not-saved' },
      error: { code: 'storage/quota' },
    })
    expect(await codeOf(doc.insert(0, 'y').saved)).toBe('storage/quota')
    await client.whenSynced()
    expect(world.hub.log('doc:a').value).toBe('yx')
  })

  it('gives what it has of other streams when one is damaged', async () => {
    const first = world.client({ connect: false })
    await first.stream('doc:a').insert(0, 'x').saved
    await first.stream('counter:a').increment(3).saved
    world.host.killTabs()
    const { disk } = world
    const second = await world.liveClient({
      storage: {
        ...disk,
        async open(scope) {
          const handle = await disk.open(scope)
          return {
            ...handle,
            async load(names) {
              if (names.includes('doc:a')) throw createError('storage/corrupt', 'A row is damaged.')
              return handle.load(names)
            },
          }
        },
      },
    })
    await second.whenSynced()
    expect(world.hub.log('counter:a').value).toBe(3)
    await second.close()
  })

  it('keeps edits in memory when it does not even open', async () => {
    const storage: ClientStorage = {
      kind: 'broken',
      isPersistent: true,
      open: async () => Promise.reject(new Error('no')),
      wipe: async () => undefined,
    }
    const client = await world.liveClient({ storage })
    const receipt = client.stream('doc:a').insert(0, 'x')
    expect(await codeOf(receipt.saved)).toBe('storage/unavailable')
    await receipt.acked
    expect(client.getSnapshot().storage).toEqual({ kind: 'broken', health: 'not-saved' })
  })

  it('keeps edits in memory when it never opens', async () => {
    const storage: ClientStorage = {
      kind: 'stuck',
      isPersistent: true,
      open: () => new Promise(() => undefined),
      wipe: async () => undefined,
    }
    const client = await world.liveClient({ storage })
    const receipt = client.stream('doc:a').insert(0, 'x')
    await settle()
    expect(client.getSnapshot().storage.health).toBe('opening')
    await world.system.advance(20_000)
    expect(await codeOf(receipt.saved)).toBe('storage/unavailable')
    await receipt.acked
    await client.close()
  })

  it('carries edits over to another epoch without having saved them', async () => {
    const storage = failing(world.disk, () => createError('storage/quota', 'Full.'))
    const client = await world.liveClient({ storage })
    const doc = client.stream('doc:a')
    doc.insert(0, 'hello')
    await client.whenSynced()
    client.goOffline()
    doc.insert(5, '!')
    await settle()
    world.hub.log('doc:a').reset(1)
    client.goOnline()
    await client.whenSynced()
    expect(world.hub.log('doc:a').value).toBe('hello!')
  })
})

describe('one transaction', () => {
  it('moves the cursor together with the outbox entries that it settles', async () => {
    const transactions: StorageTransaction[] = []
    const storage = failing(world.disk, (transaction) => {
      transactions.push(structuredClone(transaction))
      return undefined
    })
    const client = await world.liveClient({ storage })
    const doc = client.stream('doc:a')
    await settle()
    doc.insert(0, 'x')
    await client.whenSynced()
    await settle()
    const settling = transactions.filter(({ remove }) => remove.length > 0)
    expect(settling).toHaveLength(1)
    expect(settling[0]?.streams[0]?.tail.map(({ seq }) => seq)).toEqual([1])
    expect(settling[0]?.remove[0]).toMatchObject({ stream: 'doc:a', through: 1 })
  })

  it('is shared by all edits of a tick', async () => {
    let commits = 0
    const storage = failing(world.disk, ({ add }) => {
      if (add.length > 0) commits++
      return undefined
    })
    const client = await world.liveClient({ storage })
    client.goOffline()
    const [doc, votes] = [client.stream('doc:a'), client.stream('counter:a')]
    await settle()
    for (let index = 0; index < 100; index++) {
      doc.insert(0, 'x')
      votes.increment()
    }
    await settle()
    expect(commits).toBe(1)
  })
})
