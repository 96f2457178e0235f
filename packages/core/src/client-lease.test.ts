import { describe, expect, test, vi } from 'vitest'
import { createClientLease, type ClientLease } from './client-lease.js'
import type { ClientOptions } from './client-types.js'
import { createHost } from './host.js'
import { createClientObserver, createStreamObserver } from './observer.js'
import { settle } from './tests/virtual-system.js'
import { codeOf, streams, tokenFor, World } from './tests/world.js'

function leaseIn(world: World, connect?: boolean): ClientLease<typeof streams> {
  return createClientLease({
    url: 'http://hub.test',
    streams,
    subject: 'alice',
    token: () => 'token',
    storage: world.disk,
    system: world.system,
    host: world.host,
    transport: world.hub.transport,
    connect,
  })
}

const nothing = (): void => undefined

describe('a lease of options', () => {
  test('is silent until the first subscription', async () => {
    const world = new World()
    const listening = vi.spyOn(world.host, 'onNetworkChange')
    const lease = leaseIn(world)
    await world.system.advance(60_000)
    expect(lease.getSnapshot().getSnapshot().state).toBe('offline')
    expect(world.system.timerCount).toBe(0)
    expect(listening).not.toHaveBeenCalled()
    lease.subscribe(nothing)
    await world.system.advance(100)
    expect(lease.getSnapshot().getSnapshot().isOnline).toBe(true)
    await lease.getSnapshot().close()
  })

  test('does not connect when the options say so', async () => {
    const world = new World()
    const lease = leaseIn(world, false)
    lease.subscribe(nothing)
    await world.system.advance(100)
    expect(lease.getSnapshot().getSnapshot().state).toBe('offline')
    await lease.getSnapshot().close()
  })

  test('keeps its client while somebody subscribes, and over a short break', async () => {
    const world = new World()
    const lease = leaseIn(world)
    const client = lease.getSnapshot()
    const stop = lease.subscribe(nothing)
    const stopOther = lease.subscribe(nothing)
    stop()
    stop()
    await world.system.advance(10_000)
    expect(client.getSnapshot().isOnline).toBe(true)
    stopOther()
    await world.system.advance(500)
    const stopAgain = lease.subscribe(nothing)
    await world.system.advance(10_000)
    expect(lease.getSnapshot()).toBe(client)
    expect(client.getSnapshot().isOnline).toBe(true)
    stopAgain()
    await world.system.advance(2_000)
    expect(client.getSnapshot().state).toBe('closed')
    expect(world.system.timerCount).toBe(0)
  })

  test('makes another client when it is wanted after that', async () => {
    const world = new World()
    const lease = leaseIn(world)
    const first = lease.getSnapshot()
    lease.subscribe(nothing)()
    await world.system.advance(2_000)
    lease.subscribe(nothing)
    const second = lease.getSnapshot()
    expect(second).not.toBe(first)
    await world.system.advance(100)
    expect(second.getSnapshot().isOnline).toBe(true)
    await second.close()
  })
})

/** Options of a user, with one disk for all users of the browser. */
function optionsIn(world: World, subject: string | null | undefined): ClientOptions<typeof streams> {
  return {
    url: 'http://hub.test',
    streams,
    subject,
    token: () => tokenFor(String(subject)),
    storage: world.disk,
    system: world.system,
    host: world.host,
    transport: world.hub.transport,
  }
}

describe('a lease that follows who is signed in', () => {
  test('closes the former client at once, and keeps its unsent edits for its user', async () => {
    const world = new World()
    const lease = createClientLease(optionsIn(world, 'alice'))
    const changes = vi.fn()
    lease.subscribe(changes)
    await settle()
    const former = lease.getSnapshot()
    const doc = former.stream('doc:a')
    await former.whenSynced()
    world.hub.intercept = (message) => (message.type === 'push' ? 'lost' : undefined)
    const unsent = doc.insert(0, 'canary of alice')
    await unsent.saved
    world.hub.subject = 'bob'
    lease.setOptions(optionsIn(world, 'bob'))
    expect(changes).toHaveBeenCalledTimes(1)
    expect(former.getSnapshot().state).toBe('closed')
    expect(() => doc.insert(0, 'late')).toThrow(expect.objectContaining({ code: 'client/closed' }))
    const next = lease.getSnapshot()
    expect(next.stream('doc:a').value).toBe('')
    world.hub.intercept = () => undefined
    await next.whenSynced()
    expect(await codeOf(unsent.acked)).toBe('client/closed')
    expect(world.hub.log('doc:a').headSeq).toBe(0)
    expect(world.hub.guestCount).toBe(1)
    world.hub.subject = 'alice'
    lease.setOptions(optionsIn(world, 'alice'))
    await lease.getSnapshot().whenSynced()
    expect(lease.getSnapshot().stream('doc:a').value).toBe('canary of alice')
    expect(world.hub.log('doc:a').value).toBe('canary of alice')
    await lease.getSnapshot().close()
  })

  test('finds the edits of a user who is back before the former client has closed', async () => {
    const world = new World()
    const lease = createClientLease(optionsIn(world, 'alice'))
    lease.subscribe(nothing)
    await settle()
    lease.getSnapshot().goOffline()
    // Its stream is not even loaded yet.
    const receipt = lease.getSnapshot().stream('doc:a').insert(0, 'mine')
    lease.setOptions(optionsIn(world, 'bob'))
    lease.setOptions(optionsIn(world, 'alice'))
    const again = lease.getSnapshot()
    await receipt.saved
    // Nobody looks at it: it is found and sent all the same.
    await again.whenSynced()
    await settle()
    expect(world.hub.log('doc:a').value).toBe('mine')
    await again.close()
  })

  test('asks for tokens through the latest options, and makes no client for another function', async () => {
    const world = new World()
    world.hub.tokenLifetimeMs = 60_000
    const lease = createClientLease(optionsIn(world, 'alice'))
    lease.subscribe(nothing)
    await settle()
    const client = lease.getSnapshot()
    const token = vi.fn(() => tokenFor('alice'))
    lease.setOptions({ ...optionsIn(world, 'alice'), token })
    expect(lease.getSnapshot()).toBe(client)
    await world.system.advance(60_000)
    expect(token).toHaveBeenCalled()
    expect(client.getSnapshot().state).toBe('live')
    await client.close()
  })

  test.each([
    ['url', { url: 'http://other.test' }],
    ['workspace', { workspace: 'other' }],
    ['subject', { subject: null }],
  ])('makes another client for another %s', async (_, change) => {
    const world = new World()
    const lease = createClientLease(optionsIn(world, 'alice'))
    lease.subscribe(nothing)
    await settle()
    const former = lease.getSnapshot()
    lease.setOptions({ ...optionsIn(world, 'alice'), ...change })
    expect(lease.getSnapshot()).not.toBe(former)
    expect(former.getSnapshot().state).toBe('closed')
    await lease.getSnapshot().close()
  })

  test('makes another client for a user whom only the token tells', async () => {
    const world = new World()
    let user = 'alice'
    const options = { ...optionsIn(world, undefined), token: () => tokenFor(user) }
    const lease = createClientLease(options)
    const observer = createStreamObserver(lease, 'doc:a')
    const shown: string[] = []
    observer.subscribe(() => shown.push(observer.getSnapshot().value))
    await settle()
    const former = lease.getSnapshot()
    world.hub.intercept = (message) => (message.type === 'push' ? 'lost' : undefined)
    const unsent = observer.handle.insert(0, 'canary')
    user = world.hub.subject = 'bob'
    world.hub.dropAll()
    await world.system.advance(1_000)
    expect(former.getSnapshot().state).toBe('closed')
    expect(await codeOf(unsent.acked)).toBe('client/closed')
    world.hub.intercept = () => undefined
    await lease.getSnapshot().whenSynced()
    expect([observer.getSnapshot().value, shown.at(-1)]).toEqual(['', ''])
    // The same options, given again, change nothing.
    const now = lease.getSnapshot()
    lease.setOptions({ ...options })
    expect(lease.clientFor({ ...options })).toBe(now)
    expect(lease.getSnapshot()).toBe(now)
    await observer.handle.insert(0, 'of bob').acked
    expect(world.hub.log('doc:a').value).toBe('of bob')
    await now.close()
  })

  test('shows observers nothing of the former user under the next', async () => {
    const world = new World()
    const lease = createClientLease(optionsIn(world, 'alice'))
    const observer = createStreamObserver(lease, 'doc:a')
    const selected = observer.select(({ value }) => value.length)
    const status = createClientObserver(lease)
    await settle()
    const seen: unknown[] = []
    const note = (): void => {
      if (lease.getSnapshot() !== former)
        seen.push(observer.getSnapshot().value, selected.getSnapshot(), status.getSnapshot().pendingCount)
    }
    const former = lease.getSnapshot()
    for (const { subscribe } of [observer, selected, status]) subscribe(note)
    await settle()
    lease.getSnapshot().goOffline()
    observer.handle.insert(0, 'canary')
    await settle()
    const { handle } = observer
    lease.setOptions(optionsIn(world, 'bob'))
    note()
    expect(observer.handle).not.toBe(handle)
    expect(new Set(seen)).toEqual(new Set(['', 0]))
    await lease.getSnapshot().close()
  })

  test('finds a client while rendering without any effect', async () => {
    const world = new World()
    const lease = createClientLease(optionsIn(world, 'alice'))
    lease.subscribe(nothing)
    await settle()
    const present = lease.getSnapshot()
    const next = lease.clientFor(optionsIn(world, 'bob'))
    expect(lease.clientFor(optionsIn(world, 'bob'))).toBe(next)
    expect(lease.clientFor(optionsIn(world, 'alice'))).toBe(present)
    await world.system.advance(10_000)
    expect([lease.getSnapshot(), present.getSnapshot().state]).toEqual([present, 'live'])
    expect([next.getSnapshot().state, world.hub.guestCount]).toEqual(['offline', 1])
    world.hub.subject = 'bob'
    lease.setOptions(optionsIn(world, 'bob'))
    expect(lease.getSnapshot()).toBe(next)
    await settle()
    expect(next.getSnapshot().state).toBe('live')
    await next.close()
  })

  test('hydrates a user with what was read for nobody else', () => {
    const world = new World()
    const { epoch } = world.hub.log('doc:a')
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'canary' })
    const author = world.client({ connect: false })
    const snapshot = world.hub.log('doc:a').snapshotAt(1)
    const stream = {
      name: 'doc:a',
      rule: 'text',
      epoch,
      seq: 1,
      state: btoa(String.fromCharCode(...snapshot.state)),
    }
    const state = { workspace: author.workspace, streams: [stream] }
    const lease = createClientLease(optionsIn(world, 'alice'))
    lease.hydrate(state)
    expect(lease.getSnapshot().stream('doc:a').value).toBe('canary')
    lease.setOptions(optionsIn(world, 'bob'))
    lease.hydrate(state)
    expect(lease.getSnapshot().stream('doc:a').value).toBe('')
    lease.hydrate({ ...state, subject: 'alice' })
    expect(lease.getSnapshot().stream('doc:a').value).toBe('')
    lease.hydrate({ ...state })
    expect(lease.getSnapshot().stream('doc:a').value).toBe('canary')
  })

  test('does not connect where there is no browser, unless told to', async () => {
    const world = new World()
    const options = { ...optionsIn(world, 'alice'), host: createHost({}) }
    const connect = vi.fn(world.hub.transport.connect)
    vi.stubGlobal('WebSocket', undefined)
    const lease = createClientLease({ ...options, transport: undefined })
    const stop = lease.subscribe(nothing)
    await settle()
    expect(lease.getSnapshot().getSnapshot().state).toBe('offline')
    stop()
    const told = createClientLease({ ...options, transport: { connect }, connect: true })
    told.subscribe(nothing)
    await settle()
    expect(connect).toHaveBeenCalledTimes(1)
    vi.unstubAllGlobals()
    await told.getSnapshot().close()
  })

  test('follows a client that somebody else owns, and leaves it open', async () => {
    const world = new World()
    const given = world.client({ connect: false })
    const lease = createClientLease(optionsIn(world, 'bob'))
    const own = lease.getSnapshot()
    lease.setOptions(given)
    expect([lease.getSnapshot(), own.getSnapshot().state]).toEqual([given, 'closed'])
    lease.setOptions(optionsIn(world, 'bob'))
    expect(given.getSnapshot().state).toBe('offline')
    await given.close()
    await lease.getSnapshot().close()
  })
})

describe('a lease of a client', () => {
  test('never connects or closes it', async () => {
    const world = new World()
    const client = world.client({ connect: false })
    const lease = createClientLease(client)
    const stop = lease.subscribe(nothing)
    await world.system.advance(1_000)
    stop()
    await world.system.advance(10_000)
    expect(lease.getSnapshot()).toBe(client)
    expect(client.getSnapshot().state).toBe('offline')
    await client.close()
  })

  test('does not hydrate it on a server, where requests would share it', () => {
    const world = new World()
    const lease = createClientLease(world.client({ connect: false }))
    const state = { workspace: 'default', streams: [] }
    expect(() => lease.hydrate(state)).toThrow(expect.objectContaining({ code: 'config/invalid' }))
    vi.stubGlobal('window', {})
    expect(() => lease.hydrate(state)).not.toThrow()
    vi.unstubAllGlobals()
  })
})
