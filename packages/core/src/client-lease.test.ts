import { describe, expect, test, vi } from 'vitest'
import { createClientLease, type ClientLease } from './client-lease.js'
import { streams, World } from './tests/world.js'

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
