import { createError, toWireError } from '@flowsync/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { settle } from './tests/virtual-system.js'
import { codeOf, tokenFor, World } from './tests/world.js'

let world: World
beforeEach(() => {
  world = new World()
})

describe('connecting', () => {
  it('comes back with growing random waits, and begins anew only after 5 s that held', async () => {
    world.system.chance = 0.999
    const client = await world.liveClient()
    const waits: number[] = []
    const lose = async (heldMs: number): Promise<void> => {
      await world.system.advance(heldMs)
      const before = world.hub.connectCount
      world.hub.dropAll()
      let ms = 0
      while (world.hub.connectCount === before) {
        await world.system.advance(100)
        ms += 100
      }
      waits.push(ms)
    }
    await lose(1_000)
    await lose(1_000)
    await lose(1_000)
    await lose(6_000)
    expect(waits).toEqual([500, 1_000, 2_000, 500])
    await client.close()
  })

  it('gives up on a hub that does not welcome it, and tries again', async () => {
    world.hub.isDead = true
    const client = await world.liveClient()
    await world.system.advance(9_000)
    expect(client.getSnapshot()).toMatchObject({ state: 'connecting', isOnline: false })
    await world.system.advance(1_100)
    expect(client.getSnapshot()).toMatchObject({ state: 'offline', error: { code: 'network/timeout' } })
    world.hub.isDead = false
    await world.system.advance(1_000)
    expect(client.getSnapshot()).toMatchObject({ state: 'live', error: undefined })
    await client.close()
  })

  it('hangs up when answers do not come', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    world.hub.intercept = (message) => (message.type === 'push' ? 'lost' : undefined)
    const receipt = doc.insert(0, 'x')
    await settle()
    world.hub.intercept = () => undefined
    await world.system.advance(13_000)
    await receipt.acked
    expect(world.hub.connectCount).toBe(2)
    await client.close()
  })

  it('uses the hint that there is network again', async () => {
    world.hub.isDead = true
    const client = await world.liveClient()
    world.host.setOnline(false)
    world.hub.dropAll()
    await settle()
    world.hub.isDead = false
    world.host.setOnline(true)
    await settle()
    expect(client.getSnapshot().state).toBe('live')
    await client.close()
  })

  it('stays silent until it is asked to connect', async () => {
    const client = world.client({ connect: false })
    client.stream('doc:a')
    await world.system.advance(60_000)
    expect(world.hub.connectCount).toBe(0)
    client.goOnline()
    await settle()
    expect(client.getSnapshot().state).toBe('live')
    client.goOffline()
    await world.system.advance(60_000)
    expect(client.getSnapshot().state).toBe('offline')
    expect(world.hub.connectCount).toBe(1)
    await client.close()
  })

  it('hangs up on a frame that is no message, and comes back', async () => {
    const client = await world.liveClient()
    world.hub.sendBytes(new Uint8Array([255, 1, 2, 3]))
    await settle()
    expect(client.getSnapshot()).toMatchObject({
      state: 'offline',
      error: { code: 'protocol/unexpected-message' },
    })
    await world.system.advance(500)
    expect(client.getSnapshot().state).toBe('live')
    await client.close()
  })

  it('stays away as long as a draining hub asks', async () => {
    const client = await world.liveClient()
    world.hub.broadcast({ type: 'drain', reconnectAfterMs: 1_000 })
    await settle()
    expect(client.getSnapshot().state).toBe('draining')
    await world.system.advance(999)
    expect(world.hub.connectCount).toBe(1)
    await world.system.advance(1)
    expect(client.getSnapshot().state).toBe('live')
    await client.close()
  })

  it('awaits the answers that are due before it obeys a drain', async () => {
    const client = await world.liveClient()
    const votes = client.stream('counter:a')
    await settle()
    let answer = (): void => undefined
    world.hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      const seqs = world.hub.log('counter:a').append(message.batches[0]?.ops ?? [])
      const { epoch } = world.hub.log('counter:a')
      answer = () =>
        world.hub.broadcast({
          type: 'pushed',
          id: message.id,
          results: [{ kind: 'ok', stream: 'counter:a', epoch, seqs }],
        })
      return 'lost'
    }
    const receipt = votes.increment()
    await settle()
    world.hub.broadcast({ type: 'drain', reconnectAfterMs: 3_000 })
    await settle()
    expect(world.hub.guestCount).toBe(1)
    const later = votes.increment()
    await settle()
    expect(world.hub.sent('push')).toHaveLength(1)
    answer()
    await receipt.acked
    await settle()
    expect(world.hub.guestCount).toBe(0)
    expect(client.getSnapshot()).toMatchObject({ state: 'draining', pendingCount: 1 })
    world.hub.intercept = () => undefined
    await world.system.advance(3_000)
    await later.acked
    await client.close()
  })
})

describe('a refused request', () => {
  it('that leaves streams is not waited for', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    world.hub.intercept = (message) =>
      message.type === 'unsubscribe'
        ? { type: 'refused', id: message.id, error: toWireError(createError('hub/overloaded', 'Too much.')) }
        : undefined
    doc.close()
    await world.system.advance(30_000)
    expect(world.hub.sent('unsubscribe')).toHaveLength(1)
    expect(world.hub.connectCount).toBe(1)
    await client.close()
  })
})

describe('tokens', () => {
  it('renews before the token expires, on the same connection', async () => {
    world.hub.tokenLifetimeMs = 60_000
    let asked = 0
    const client = await world.liveClient({ token: () => `token-${++asked}` })
    await world.system.advance(5 * 60_000)
    expect(world.hub.connectCount).toBe(1)
    expect(world.hub.sent('renew').length).toBeGreaterThanOrEqual(5)
    expect(world.hub.sent('renew')[0]?.token).toBe('token-2')
    await client.close()
  })

  it('learns what a renewed token allows that the former did not', async () => {
    world.hub.tokenLifetimeMs = 60_000
    world.hub.access = 'read'
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await settle()
    expect(await codeOf(doc.insert(0, 'x').acked)).toBe('acl/denied')
    world.hub.access = 'write'
    await world.system.advance(60_000)
    expect(world.hub.sent('renew').length).toBeGreaterThan(0)
    expect(doc.getSnapshot().access).toBe('write')
    const receipt = doc.insert(0, 'y')
    await receipt.acked
    expect(world.hub.connectCount).toBe(1)
    await client.close()
  })

  it('repeats a failing renewal, and falls back to signing in anew when the hub ends it', async () => {
    world.hub.tokenLifetimeMs = 60_000
    let isBroken = false
    const client = await world.liveClient({
      token: () => {
        if (isBroken) throw new Error('the session service is down')
        return 'token'
      },
    })
    isBroken = true
    await world.system.advance(59_000)
    expect(client.getSnapshot().state).toBe('live')
    const error = toWireError(createError('auth/token-expired', 'Expired.'))
    world.hub.broadcast({ type: 'refused', id: 0, error })
    await settle()
    expect(client.getSnapshot()).toMatchObject({ state: 'needs-auth', error: { code: 'auth/token-expired' } })
    await world.system.advance(20_000)
    expect(client.getSnapshot()).toMatchObject({ state: 'needs-auth', error: { code: 'auth/token-missing' } })
    isBroken = false
    await world.system.advance(10_000)
    expect(client.getSnapshot()).toMatchObject({ state: 'live', error: undefined })
    await client.close()
  })

  it('is not stranded by a token function that never answers', async () => {
    let calls = 0
    const client = await world.liveClient({
      token: () => (++calls === 1 ? new Promise<string>(() => undefined) : 'token'),
    })
    await world.system.advance(14_000)
    expect(client.getSnapshot().state).toBe('connecting')
    await world.system.advance(3_000)
    expect(client.getSnapshot().state).toBe('live')
    await client.close()
  })

  it('asks for one token at a time', async () => {
    let open = 0
    let most = 0
    const client = world.client({
      subject: undefined,
      token: async () => {
        most = Math.max(most, ++open)
        await settle(10)
        open--
        return tokenFor('alice')
      },
    })
    client.stream('doc:a')
    client.goOffline()
    client.goOnline()
    client.goOffline()
    client.goOnline()
    await settle()
    await settle()
    expect(most).toBe(1)
    expect(client.getSnapshot().state).toBe('live')
    await client.close()
  })

  it('sends nothing under the token of somebody else', async () => {
    const client = world.client({ token: () => tokenFor('mallory') })
    client.stream('doc:a').insert(0, 'secret')
    await settle()
    expect(client.getSnapshot()).toMatchObject({
      state: 'needs-auth',
      error: { code: 'auth/subject-mismatch' },
    })
    expect(world.hub.received).toEqual([])
    await client.close()
  })

  it('sends nothing to a hub that takes it for somebody else', async () => {
    world.hub.subject = 'mallory'
    const client = world.client()
    client.stream('doc:a').insert(0, 'secret')
    await settle()
    expect(client.getSnapshot()).toMatchObject({
      state: 'needs-auth',
      error: { code: 'auth/subject-mismatch' },
    })
    expect(world.hub.received.map(({ type }) => type)).toEqual(['hello'])
    await client.close()
  })

  it('reads the subject from the token when none is given', async () => {
    const first = world.client({ subject: undefined, token: () => tokenFor('alice') })
    await settle()
    first.goOffline()
    first.stream('doc:a').insert(0, 'mine')
    await settle()
    await first.close()
    world.hub.subject = 'bob'
    const other = world.client({ subject: undefined, token: () => tokenFor('bob') })
    expect(other.stream('doc:a').value).toBe('')
    await settle()
    expect(other.stream('doc:a').value).toBe('')
    await other.close()
    world.hub.subject = 'alice'
    const again = world.client({ subject: undefined, token: () => tokenFor('alice') })
    await again.stream('doc:a').whenReady()
    expect(again.stream('doc:a').value).toBe('mine')
    await again.close()
  })

  it('asks for a subject when the storage lasts and the token does not tell', async () => {
    const client = world.client({ subject: undefined, storage: { ...world.disk, isPersistent: true } })
    await settle()
    expect(client.getSnapshot()).toMatchObject({ state: 'needs-auth', error: { code: 'config/invalid' } })
    await client.close()
  })

  it('takes a failing token function for missing network when there is none', async () => {
    world.host.setOnline(false)
    const client = world.client({
      token: () => {
        if (!world.host.isOnline()) throw new TypeError('fetch failed')
        return 'token'
      },
    })
    await settle()
    expect(client.getSnapshot().state).toBe('offline')
    world.host.setOnline(true)
    await settle()
    expect(client.getSnapshot().state).toBe('live')
    await client.close()
  })
})

describe('closing', () => {
  it('leaves no timer, connection or open promise', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    world.hub.tokenLifetimeMs = 60_000
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'a' })
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'b' })
    world.hub.intercept = () => 'lost'
    const receipt = doc.insert(0, 'x')
    const synced = client.whenSynced()
    await client.close()
    await receipt.saved
    expect(await codeOf(receipt.acked)).toBe('client/closed')
    expect(await codeOf(synced)).toBe('client/closed')
    expect(world.system.timerCount).toBe(0)
    expect(world.hub.guestCount).toBe(0)
    expect(client.getSnapshot().state).toBe('closed')
    expect(() => doc.insert(0, 'y')).toThrow(expect.objectContaining({ code: 'client/closed' }))
    expect(() => client.stream('doc:b')).toThrow(expect.objectContaining({ code: 'client/closed' }))
    await client.close()
  })

  it.each(['while it connects', 'while it waits', 'while it loads', 'before it did anything'])(
    'works %s',
    async (when) => {
      world.hub.isDead = true
      const client = world.client({ connect: when !== 'before it did anything' })
      if (when === 'while it loads') void client.stream('doc:a').insert(0, 'x')
      if (when !== 'while it loads') await settle()
      if (when === 'while it waits') {
        world.hub.dropAll()
        await settle()
      }
      await client.close()
      await settle()
      expect(world.system.timerCount).toBe(0)
    },
  )

  it('closes what was opened for a token that hangs', async () => {
    const client = world.client({ token: () => new Promise<string>(() => undefined) })
    await settle()
    await client.close()
    expect(world.system.timerCount).toBe(0)
  })
})
