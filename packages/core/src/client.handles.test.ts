import { beforeEach, describe, expect, it } from 'vitest'
import { createClientObserver, createStreamObserver } from './observer.js'
import { settle } from './tests/virtual-system.js'
import { codeOf, World } from './tests/world.js'

let world: World
beforeEach(() => {
  world = new World()
})

describe('handles', () => {
  it('are the same for one name, and counted', async () => {
    const client = await world.liveClient()
    const [first, second] = [client.stream('doc:a'), client.stream('doc:a')]
    expect(first).toBe(second)
    await client.whenSynced()
    first.close()
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'x' })
    await settle()
    expect(second.value).toBe('x')
    second.close()
    await settle()
    expect(world.hub.sent('unsubscribe')).toHaveLength(1)
    second.close()
    second.close()
    expect(client.stream('doc:a').getSnapshot().status).toBe('loading')
    await client.whenSynced()
    expect(client.stream('doc:a').value).toBe('x')
  })

  it('stay connected after the last close until their edits are delivered', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    client.goOffline()
    const receipt = doc.insert(0, 'x')
    doc.close()
    await settle()
    expect(client.getSnapshot().pendingCount).toBe(1)
    client.goOnline()
    await receipt.acked
    await settle()
    expect(world.hub.sent('unsubscribe')).toHaveLength(1)
  })

  it('have the methods of their rule, which need no receiver', async () => {
    const client = await world.liveClient()
    const { increment, push } = client.stream('counter:a')
    const guests = client.stream('guests:a')
    increment(2)
    push({ op: 'increment' })
    guests.add('ada')
    guests.add('bob')
    guests.delete('bob')
    await client.whenSynced()
    expect(client.stream('counter:a').value).toBe(3)
    expect([...guests.value]).toEqual(['ada'])
  })

  it('go on counting when a stream is opened again', async () => {
    const client = await world.liveClient()
    for (let round = 1; round <= 3; round++) {
      const votes = client.stream('counter:a')
      await votes.increment().acked
      votes.close()
      await settle()
    }
    expect(world.hub.log('counter:a').value).toBe(3)
    expect(world.hub.connectCount).toBe(1)
  })

  it('survive a listener that throws', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    const errors: unknown[] = []
    const stop = (error: unknown): void => void errors.push(error)
    const former = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', stop)
    doc.subscribe(() => {
      throw new Error('a bug in the application')
    })
    let calls = 0
    doc.subscribe(() => calls++)
    await doc.insert(0, 'x').acked
    await new Promise((resolve) => setImmediate(resolve))
    process.removeListener('uncaughtException', stop)
    for (const listener of former) process.on('uncaughtException', listener)
    expect(calls).toBe(1)
    expect(errors).toHaveLength(1)
  })

  it('snapshots keep their reference until something changes', async () => {
    const client = await world.liveClient()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    const before = doc.getSnapshot()
    expect(doc.getSnapshot()).toBe(before)
    expect(Object.isFrozen(before)).toBe(true)
    doc.insert(0, 'x')
    expect(doc.getSnapshot()).not.toBe(before)
    expect(before.value).toBe('')
  })

  it('reject whenReady when the client closes', async () => {
    const client = world.client({ connect: false })
    const ready = client.stream('doc:a').whenReady()
    await client.close()
    expect(await codeOf(ready)).toBe('client/closed')
  })
})

describe('observers', () => {
  it('open on the first listener and close a moment after the last', async () => {
    const client = await world.liveClient()
    const observer = createStreamObserver(client, 'doc:a')
    await settle()
    expect(world.hub.sent('subscribe')).toHaveLength(0)
    observer.subscribe(() => undefined)()
    const stop = observer.subscribe(() => undefined)
    await settle()
    stop()
    stop()
    await world.system.advance(900)
    expect(world.hub.sent('unsubscribe')).toHaveLength(0)
    await world.system.advance(100)
    expect(world.hub.sent('subscribe')).toHaveLength(1)
    expect(world.hub.sent('unsubscribe')).toHaveLength(1)
    await client.close()
    expect(world.system.timerCount).toBe(0)
  })

  it('leave no timer when their client closes first', async () => {
    const client = await world.liveClient()
    createStreamObserver(client, 'doc:a').subscribe(() => undefined)()
    await client.close()
    expect(world.system.timerCount).toBe(0)
  })

  it('tell only what was selected', async () => {
    const client = await world.liveClient()
    const length = createStreamObserver(client, 'doc:a', { select: ({ value }) => value.length })
    let calls = 0
    length.subscribe(() => calls++)
    await client.whenSynced()
    length.handle.insert(0, 'abc')
    length.handle.replace(0, 1, 'x')
    await client.whenSynced()
    await world.system.advance(20)
    expect(length.getSnapshot()).toBe(3)
    expect(calls).toBe(1)
    await client.close()
  })

  it('push without being subscribed', async () => {
    const client = await world.liveClient()
    const { handle, getSnapshot } = createStreamObserver(client, 'counter:a')
    expect(getSnapshot()).toMatchObject({ value: 0, status: 'loading' })
    await handle.increment().acked
    expect(world.hub.log('counter:a').value).toBe(1)
    await settle()
    expect(world.hub.sent('unsubscribe')).toHaveLength(1)
  })

  it('show the same on the server and at first', async () => {
    const client = world.client({ connect: false })
    const observer = createStreamObserver(client, 'doc:a')
    expect(observer.getSnapshot()).toBe(observer.getServerSnapshot())
    const first = observer.getServerSnapshot()
    observer.subscribe(() => undefined)
    observer.handle.insert(0, 'x')
    expect(observer.getServerSnapshot()).toBe(first)
    expect(observer.getSnapshot().value).toBe('x')
    const status = createClientObserver(client)
    expect(status.getServerSnapshot()).toMatchObject({ state: 'offline', pendingCount: 0 })
    expect(status.getSnapshot().pendingCount).toBe(1)
    await client.close()
  })
})

describe('hydration', () => {
  async function served(): Promise<ReturnType<Awaited<ReturnType<World['liveClient']>>['dehydrate']>> {
    const server = await world.liveClient({ storage: undefined })
    server.stream('doc:a').insert(0, 'served')
    await server.whenSynced()
    const state = server.dehydrate(['doc:a'])
    await server.close()
    return JSON.parse(JSON.stringify(state)) as typeof state
  }

  it('shows the state at once, on the server and before anything is read', async () => {
    const state = await served()
    const client = world.client()
    client.hydrate(state)
    const observer = createStreamObserver(client, 'doc:a')
    expect(observer.getServerSnapshot()).toMatchObject({ value: 'served', status: 'ready', isSynced: true })
    expect(observer.getSnapshot()).toBe(observer.getServerSnapshot())
    const doc = client.stream('doc:a')
    expect(doc.value).toBe('served')
    await client.whenSynced()
    expect(doc.value).toBe('served')
    // No wasted transfer: the handshake went out from the hydrated cursor.
    expect(world.hub.sent('subscribe').at(-1)?.streams[0]).toMatchObject({
      seq: 1,
      epoch: state.streams[0]?.epoch,
    })
    await client.close()
    const again = world.client({ connect: false })
    await again.stream('doc:a').whenReady()
    expect(again.stream('doc:a').value).toBe('served')
  })

  it('does not replace what this device knows better', async () => {
    const state = await served()
    const before = await world.liveClient()
    const text = before.stream('doc:a')
    await before.whenSynced()
    text.insert(6, ' and edited')
    await before.whenSynced()
    await before.close()
    const client = world.client({ connect: false })
    client.hydrate(state)
    await client.stream('doc:a').whenReady()
    await settle()
    expect(client.stream('doc:a').value).toBe('served and edited')
  })

  it('is forgotten with the log that it came from', async () => {
    const server = await world.liveClient({ storage: undefined })
    server.stream('doc:a').insert(0, 'old')
    await server.whenSynced()
    const client = world.client()
    client.hydrate(server.dehydrate())
    await server.close()
    const doc = client.stream('doc:a')
    await client.whenSynced()
    world.hub.logs.clear()
    world.hub.edit('doc:a', { op: 'insert', pos: 0, text: 'new' })
    world.hub.dropAll()
    await world.system.advance(10_000)
    doc.close()
    await settle()
    client.goOffline()
    await client.stream('doc:a').whenReady()
    await settle()
    expect(doc.value).toBe('new')
    await client.close()
  })

  it('keeps pending edits, once', async () => {
    const before = await world.liveClient()
    const votes = before.stream('counter:a')
    await before.whenSynced()
    world.hub.intercept = (message) => {
      if (message.type !== 'push') return undefined
      world.hub.log('counter:a').append(message.batches[0]?.ops ?? [])
      return 'lost'
    }
    votes.increment(5)
    await settle()
    world.hub.intercept = () => undefined
    const server = await world.liveClient({ storage: undefined })
    server.stream('counter:a')
    await server.whenSynced()
    const state = server.dehydrate()
    expect(state.streams[0]).toMatchObject({ name: 'counter:a', seq: 1 })
    world.host.killTabs()
    const client = world.client({ connect: false })
    client.hydrate(state)
    const counter = client.stream('counter:a')
    counter.increment(1)
    await settle()
    expect(counter.value).toBe(6)
    client.goOnline()
    await client.whenSynced()
    expect(counter.value).toBe(6)
    expect(world.hub.log('counter:a').value).toBe(6)
  })

  it('carries edits made on it over to what the disk has', async () => {
    const state = await served()
    const before = await world.liveClient()
    const text = before.stream('doc:a')
    await before.whenSynced()
    text.insert(6, ' twice')
    await before.whenSynced()
    await before.close()
    const client = world.client({ connect: false })
    client.hydrate(state)
    const doc = client.stream('doc:a')
    doc.insert(6, '!')
    expect(doc.value).toBe('served!')
    await settle()
    expect(doc.value).toBe('served! twice')
    expect(doc.getSnapshot().pendingCount).toBe(1)
  })

  it('refuses a state of another workspace or rule', () => {
    const client = world.client({ connect: false })
    expect(() => client.hydrate({ workspace: 'other', streams: [] })).toThrow(
      expect.objectContaining({ code: 'config/invalid' }),
    )
    const stream = { name: 'doc:a', rule: 'counter', epoch: '0'.repeat(15) + '1', seq: 0, state: '' }
    expect(() => client.hydrate({ workspace: 'default', streams: [stream] })).toThrow(
      expect.objectContaining({ code: 'stream/rule-mismatch' }),
    )
  })
})
