import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { beforeEach, describe, expect, it } from 'vitest'
import { createError } from '@flowsync/protocol'
import { dexieStorage } from './storage/dexie.js'
import type { ClientStorage } from './storage/driver.js'
import { settle } from './tests/virtual-system.js'
import { codeOf, World } from './tests/world.js'

let world: World
beforeEach(() => {
  world = new World()
})

const scope = { workspace: 'default', subject: 'alice' }

async function isEmpty(storage: ClientStorage): Promise<boolean> {
  const handle = await storage.open(scope)
  const [stored] = await handle.load(['doc:a'])
  await handle.close()
  return stored?.epoch === '' && stored.outbox.length === 0
}

/** Lets a virtual clock run until a promise is settled: databases take turns of the real event loop. */
async function settled<T>(work: Promise<T>): Promise<T> {
  let isDone = false
  const done = (): void => void (isDone = true)
  work.then(done, done)
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve))
    await world.system.advance(100)
  }
  return work
}

describe('wiping', () => {
  it("erases the user's data and closes the client", async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await doc.insert(0, 'x').acked
    await client.whenSynced()
    await client.wipe()
    expect(client.getSnapshot()).toMatchObject({ state: 'closed', error: undefined })
    expect(() => doc.insert(0, 'y')).toThrow(expect.objectContaining({ code: 'client/closed' }))
    expect(await isEmpty(world.disk)).toBe(true)
    expect([world.hub.guestCount, world.system.timerCount]).toEqual([0, 0])
    expect(await codeOf(client.wipe())).toBe('client/closed')
    const again = await world.liveClient()
    await again.whenSynced()
    await again.stream('doc:a').whenReady()
    expect(again.stream('doc:a').value).toBe('x')
    await again.close()
  })

  it('refuses while edits are unsent, and goes on as if it had not been asked', async () => {
    const client = await world.liveClient()
    client.goOffline()
    client.stream('doc:a').insert(0, 'x')
    client.stream('counter:a').increment()
    client.stream('counter:a').increment()
    await settle()
    await expect(client.wipe()).rejects.toMatchObject({
      code: 'storage/unsent-edits',
      details: { count: 3, streams: ['doc:a', 'counter:a'] },
    })
    expect(client.getSnapshot().pendingCount).toBe(3)
    client.goOnline()
    await client.whenSynced()
    expect(world.hub.log('counter:a').value).toBe(2)
    await client.wipe()
  })

  it('counts the edits of living and of dead tabs', async () => {
    const dead = await world.liveClient()
    dead.goOffline()
    await dead.stream('doc:a').insert(0, 'dead').saved
    world.host.killTabs()
    const living = world.client({ connect: false })
    await living.stream('counter:a').increment().saved
    const client = world.client({ connect: false })
    await expect(client.wipe()).rejects.toMatchObject({ details: { count: 2 } })
    await client.close()
    await living.close()
  })

  it('sends what is unsent first when told to, also what other tabs send', async () => {
    const other = world.client({ connect: false })
    await other.stream('counter:a').increment().saved
    const client = world.client({ connect: false })
    const receipt = client.stream('doc:a').insert(0, 'x')
    const wiping = client.wipe({ unsent: 'send' })
    await world.system.advance(1_000)
    await receipt.acked
    expect(client.getSnapshot().state).toBe('live')
    other.goOnline()
    await world.system.advance(1_000)
    await wiping
    expect([world.hub.log('doc:a').value, world.hub.log('counter:a').value]).toEqual(['x', 1])
    expect(await isEmpty(world.disk)).toBe(true)
    expect(other.getSnapshot()).toMatchObject({ state: 'closed', error: { code: 'storage/wiped' } })
  })

  it('gives up sending in time, when aborted, or with nobody signed in, and erases nothing', async () => {
    world.hub.isDead = true
    let token: string | null = 'token'
    const client = world.client({ token: () => token })
    await client.stream('doc:a').insert(0, 'x').saved
    const late = codeOf(client.wipe({ unsent: 'send', timeoutMs: 5_000 }))
    await world.system.advance(6_000)
    expect(await late).toBe('storage/unsent-edits')
    const abort = new AbortController()
    const aborted = codeOf(client.wipe({ unsent: 'send', signal: abort.signal }))
    await world.system.advance(1_000)
    abort.abort()
    await world.system.advance(1_000)
    expect(await aborted).toBe('storage/unsent-edits')
    token = null
    world.hub.dropAll()
    await world.system.advance(2_000)
    await expect(client.wipe({ unsent: 'send' })).rejects.toMatchObject({
      code: 'storage/unsent-edits',
      cause: { code: 'auth/signed-out' },
    })
    expect(client.getSnapshot()).toMatchObject({ state: 'signed-out', pendingCount: 1 })
    await client.wipe({ unsent: 'discard' })
    expect(await isEmpty(world.disk)).toBe(true)
  })

  it('discards what is unsent when told to, saved or not', async () => {
    const client = await world.liveClient()
    client.goOffline()
    const saved = client.stream('doc:a').insert(0, 'saved')
    await saved.saved
    const unsaved = client.stream('doc:a').insert(0, 'unsaved')
    await client.wipe({ unsent: 'discard' })
    expect(await codeOf(saved.acked)).toBe('client/closed')
    expect(await codeOf(unsaved.acked)).toBe('client/closed')
    expect(await isEmpty(world.disk)).toBe(true)
    const again = await world.liveClient()
    again.stream('doc:a')
    await again.whenSynced()
    expect(world.hub.log('doc:a').headSeq).toBe(0)
    await again.close()
  })

  it('needs to know whose data is meant', async () => {
    const client = world.client({ subject: undefined, connect: false })
    expect(await codeOf(client.wipe())).toBe('auth/subject-unknown')
    await client.close()
  })

  it('does not wait for ever for a database that another tab holds on to', async () => {
    const storage: ClientStorage = { ...world.disk, wipe: () => new Promise(() => undefined) }
    const client = await world.liveClient({ storage })
    const wiping = codeOf(client.wipe())
    await world.system.advance(11_000)
    expect(await wiping).toBe('storage/blocked')
    expect(client.getSnapshot().state).toBe('closed')
  })

  it('is told when the database cannot be erased', async () => {
    const storage: ClientStorage = {
      ...world.disk,
      wipe: () => Promise.reject(createError('storage/unavailable', 'No.')),
    }
    const client = await world.liveClient({ storage })
    expect(await codeOf(client.wipe())).toBe('storage/unavailable')
  })
})

describe('wiping IndexedDB', () => {
  it('leaves no database, closes the other tab, and nothing is written back', async () => {
    const indexedDB = new IDBFactory()
    const open = () => world.client({ storage: dexieStorage({ indexedDB, IDBKeyRange }) })
    const [one, two] = [open(), open()]
    const doc = two.stream('doc:a')
    one.stream('doc:a')
    await settled(doc.insert(0, 'x').acked)
    await settled(Promise.all([one.whenSynced(), two.whenSynced()]))
    const wiping = one.wipe()
    await settled(wiping)
    expect(two.getSnapshot()).toMatchObject({ state: 'closed', error: { code: 'storage/wiped' } })
    expect(() => doc.insert(0, 'y')).toThrow(expect.objectContaining({ code: 'client/closed' }))
    await settled(two.close())
    expect(await indexedDB.databases()).toEqual([])
  })

  it('drops what the other tab was about to write', async () => {
    const indexedDB = new IDBFactory()
    const storage = dexieStorage({ indexedDB, IDBKeyRange })
    const [one, two] = [world.client({ storage, connect: false }), world.client({ storage, connect: false })]
    await settled(two.stream('doc:a').insert(0, 'x').saved)
    const wiping = one.wipe({ unsent: 'discard' })
    const timer = setInterval(() => {
      if (two.getSnapshot().state !== 'closed') two.stream('doc:a').insert(0, 'y')
    })
    await settled(wiping)
    clearInterval(timer)
    await settled(two.close())
    expect(await indexedDB.databases()).toEqual([])
  })
})
