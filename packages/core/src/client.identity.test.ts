import { beforeEach, describe, expect, it } from 'vitest'
import { memory } from './storage/memory.js'
import { settle } from './tests/virtual-system.js'
import { codeOf, tokenFor, World } from './tests/world.js'

let world: World
beforeEach(() => {
  world = new World()
})

describe('signed out', () => {
  it('ends the connection when a renewal says so, and asks no more', async () => {
    world.hub.tokenLifetimeMs = 60_000
    let asked = 0
    let token: string | null = 'token'
    const client = await world.liveClient({
      token: () => {
        asked++
        return token
      },
    })
    const doc = client.stream('doc:a')
    await doc.insert(0, 'seen').acked
    token = null
    await world.system.advance(60_000)
    expect(client.getSnapshot()).toMatchObject({ state: 'signed-out', isOnline: false, error: undefined })
    expect(world.hub.guestCount).toBe(0)
    expect(world.hub.sent('renew')).toEqual([])
    expect(doc.getSnapshot()).toMatchObject({ value: 'seen', access: 'read', error: undefined })
    const before = asked
    world.host.setOnline(false)
    world.host.setOnline(true)
    await world.system.advance(3_600_000)
    expect([asked, world.hub.connectCount, world.system.timerCount]).toEqual([before, 1, 0])
    await client.close()
  })

  it('refuses edits on the spot, which are not made later either', async () => {
    let token: string | null = null
    const client = await world.liveClient({ token: () => token })
    const doc = client.stream('doc:a')
    const receipt = doc.insert(0, 'canary')
    expect(await Promise.all([codeOf(receipt.saved), codeOf(receipt.acked)])).toEqual([
      'auth/signed-out',
      'auth/signed-out',
    ])
    expect(doc.getSnapshot()).toMatchObject({
      value: '',
      pendingCount: 0,
      error: { code: 'auth/signed-out' },
    })
    // Going offline changes nothing about who is signed in.
    client.goOffline()
    expect(await codeOf(doc.insert(0, 'canary').acked)).toBe('auth/signed-out')
    expect(client.getSnapshot().state).toBe('signed-out')
    token = 'token'
    client.goOnline()
    await client.whenSynced()
    expect(doc.getSnapshot()).toMatchObject({ value: '', access: 'write', error: undefined })
    await doc.insert(0, 'signed in').acked
    expect(world.hub.log('doc:a').value).toBe('signed in')
    await client.close()
  })

  it('goes live at once when asked again, and asks once when the page is looked at', async () => {
    let token: string | null = null
    let asked = 0
    const client = await world.liveClient({
      token: () => {
        asked++
        return token
      },
    })
    world.host.look()
    await settle()
    expect([asked, client.getSnapshot().state]).toEqual([2, 'signed-out'])
    token = 'token'
    client.goOnline()
    await settle()
    expect([asked, client.getSnapshot().state]).toEqual([3, 'live'])
    world.host.look()
    await settle()
    expect(asked).toBe(3)
    await client.close()
  })

  it('asks for nothing when `subject` is null', async () => {
    let asked = 0
    const client = world.client({
      subject: null,
      token: () => {
        asked++
        return 'token'
      },
    })
    expect(client.getSnapshot().state).toBe('signed-out')
    const receipt = client.stream('doc:a').insert(0, 'canary')
    expect(await codeOf(receipt.acked)).toBe('auth/signed-out')
    client.goOnline()
    world.host.look()
    await world.system.advance(60_000)
    expect([asked, world.hub.connectCount]).toEqual([0, 0])
    expect(await codeOf(client.wipe())).toBe('auth/signed-out')
    await client.close()
  })
})

describe("somebody else's token", () => {
  it('in a renewal ends the connection before anything is sent', async () => {
    world.hub.tokenLifetimeMs = 60_000
    let user = 'alice'
    const client = await world.liveClient({ token: () => tokenFor(user) })
    const doc = client.stream('doc:a')
    await client.whenSynced()
    user = 'bob'
    await world.system.advance(60_000)
    expect(client.getSnapshot()).toMatchObject({
      state: 'needs-auth',
      error: { code: 'auth/subject-mismatch' },
    })
    expect(world.hub.sent('renew')).toEqual([])
    expect(world.hub.guestCount).toBe(0)
    expect(doc.getSnapshot().access).toBe('read')
    expect(await codeOf(doc.insert(0, 'canary').acked)).toBe('auth/subject-mismatch')
    user = 'alice'
    client.goOnline()
    await client.whenSynced()
    expect(doc.getSnapshot()).toMatchObject({ value: '', access: 'write', error: undefined })
    await client.close()
  })

  it('that only the hub can read ends it too, and edits stay with whom they were made by', async () => {
    const client = await world.liveClient({ subject: undefined, storage: memory() })
    const doc = client.stream('doc:a')
    await client.whenSynced()
    client.goOffline()
    doc.insert(0, 'canary of alice')
    world.hub.subject = 'bob'
    client.goOnline()
    await settle()
    expect(client.getSnapshot()).toMatchObject({
      state: 'needs-auth',
      error: { code: 'auth/subject-mismatch' },
    })
    expect(await codeOf(doc.insert(0, 'more').acked)).toBe('auth/subject-mismatch')
    await world.system.advance(300_000)
    expect(world.hub.log('doc:a').headSeq).toBe(0)
    expect(world.hub.sent('push')).toEqual([])
    world.hub.subject = 'alice'
    client.goOnline()
    await client.whenSynced()
    expect(world.hub.log('doc:a').value).toBe('canary of alice')
    await client.close()
  })
})

describe('edits before it is known who is signed in', () => {
  it('belong to the user of the first answer', async () => {
    const client = world.client({ subject: undefined, token: async () => tokenFor('alice') })
    const receipt = client.stream('doc:a').insert(0, 'early')
    await receipt.acked
    expect(world.hub.log('doc:a').value).toBe('early')
    await client.close()
  })

  it.each<[string, () => Promise<string | null>, string]>([
    ['says that nobody is', async () => null, 'auth/signed-out'],
    ['fails', () => Promise.reject(new TypeError('fetch failed')), 'auth/subject-unknown'],
  ])('are taken back when that answer %s, and refused until another comes', async (_, answer, code) => {
    let token: () => Promise<string | null> = answer
    const client = world.client({ subject: undefined, token: () => token() })
    const doc = client.stream('doc:a')
    const early = doc.insert(0, 'canary')
    expect(doc.value).toBe('canary')
    expect(await codeOf(early.acked)).toBe(code)
    expect(await codeOf(early.saved)).toBe(code)
    expect(doc.getSnapshot()).toMatchObject({ value: '', access: 'read', pendingCount: 0, error: { code } })
    expect(await codeOf(doc.insert(0, 'canary').acked)).toBe(code)
    world.hub.subject = 'bob'
    token = async () => tokenFor('bob')
    client.goOnline()
    await client.whenSynced()
    expect(doc.getSnapshot()).toMatchObject({ value: '', access: 'write', error: undefined })
    await doc.insert(0, 'of bob').acked
    expect(world.hub.log('doc:a').value).toBe('of bob')
    await client.close()
  })

  it('are taken back offline too, for a client that was never told to connect', async () => {
    const client = world.client({ subject: undefined, connect: false, token: () => null })
    const doc = client.stream('doc:a')
    expect(await codeOf(doc.insert(0, 'canary').acked)).toBe('auth/signed-out')
    expect([doc.value, client.getSnapshot().state]).toEqual(['', 'signed-out'])
    await client.close()
  })

  it('queue when `subject` is given, though the token function fails', async () => {
    let isDown = true
    const client = world.client({
      token: () => {
        if (isDown) throw new Error('the session service is down')
        return 'token'
      },
    })
    const doc = client.stream('doc:a')
    const receipt = doc.insert(0, 'offline first')
    await receipt.saved
    expect(doc.getSnapshot()).toMatchObject({ value: 'offline first', access: 'unknown', pendingCount: 1 })
    isDown = false
    client.goOnline()
    await receipt.acked
    await client.close()
  })
})

describe('a failing token function', () => {
  it.each([0, 0.999])('is asked more and more seldom, up to a minute apart (chance %d)', async (chance) => {
    world.system.chance = chance
    const asked: number[] = []
    const client = world.client({
      token: () => {
        asked.push(world.system.nowMs())
        throw new Error('the session service is down')
      },
    })
    await world.system.advance(3_600_000)
    const waits = asked.slice(1).map((atMs, index) => atMs - (asked[index] ?? 0))
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1_000)
    expect(waits.slice(8).every((ms) => ms >= 30_000 && ms <= 60_000)).toBe(true)
    await client.close()
  })

  it('is not asked each second without network either, and at once when there is some', async () => {
    let asked = 0
    world.host.setOnline(false)
    const client = world.client({
      token: () => {
        asked++
        if (!world.host.isOnline()) throw new TypeError('fetch failed')
        return 'token'
      },
    })
    await world.system.advance(3_600_000)
    expect(asked).toBeLessThan(130)
    world.host.setOnline(true)
    await settle()
    expect(client.getSnapshot().state).toBe('live')
    await client.close()
  })
})

describe('hydration', () => {
  it('of another user is passed over', async () => {
    const author = await world.liveClient()
    await author.stream('doc:a').insert(0, 'canary').acked
    const state = author.dehydrate()
    expect(state.subject).toBe('alice')
    for (const subject of ['bob', null]) {
      const client = world.client({ subject, connect: false, storage: memory() })
      client.hydrate(state)
      expect(client.stream('doc:a').value).toBe('')
    }
    const own = world.client({ connect: false, storage: memory() })
    own.hydrate(state)
    expect(own.stream('doc:a').value).toBe('canary')
  })

  it('is forgotten, with what was edited on it, when the token turns out to be of another', async () => {
    const author = await world.liveClient()
    await author.stream('doc:a').insert(0, 'canary').acked
    const state = author.dehydrate()
    world.hub.subject = 'bob'
    world.hub.log('doc:a').reset(0)
    const client = world.client({ subject: undefined, storage: memory(), token: () => tokenFor('bob') })
    client.hydrate(state)
    const doc = client.stream('doc:a')
    expect(doc.value).toBe('canary')
    const receipt = doc.insert(0, 'x')
    expect(await codeOf(receipt.acked)).toBe('auth/subject-mismatch')
    await client.whenSynced()
    expect(doc.value).toBe('')
    expect(world.hub.sent('push').length).toBe(1)
    await client.close()
  })
})
