import type { FlowSyncClient, Host } from '@flowsync/core'
import { BindingWorld, tokenOf, type BindingStreams } from '@flowsync/testkit/bindings'
import { Activity, startTransition, StrictMode, Suspense, use, useLayoutEffect, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FlowSyncProvider, useFlowSyncClient, useStream } from './index.js'

describe('FlowSyncProvider', () => {
  let world: BindingWorld
  let container: HTMLElement
  let root: Root
  let seen: FlowSyncClient<BindingStreams>[]

  beforeEach(() => {
    world = new BindingWorld()
    container = document.createElement('div')
    root = createRoot(container)
    seen = []
  })

  afterEach(async () => {
    root.unmount()
    await world.pass(10_000)
    await world.end()
  })

  function Doc(): ReactNode {
    const client = useFlowSyncClient()
    if (!seen.includes(client)) seen.push(client)
    return useStream('doc:probe')[0]
  }

  const own = (children: ReactNode = <Doc />) => (
    <FlowSyncProvider {...world.options()}>{children}</FlowSyncProvider>
  )
  const shows = (text: string) => world.until(() => container.textContent === text, text)

  test('makes a client of options and connects it', async () => {
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'hello' })
    root.render(own())
    await shows('hello')
    expect(seen).toHaveLength(1)
    expect(world.hub.connectionCount).toBe(1)
  })

  test('keeps its client when rendered again with other functions', async () => {
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'hello' })
    root.render(own())
    await shows('hello')
    root.render(own())
    await world.pass(5_000)
    expect(seen).toHaveLength(1)
    expect(world.hub.connectionCount).toBe(1)
  })

  test('has one connection in StrictMode', async () => {
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'hello' })
    root.render(<StrictMode>{own()}</StrictMode>)
    await shows('hello')
    await world.pass(10_000)
    expect(world.hub).toMatchObject({ connectionCount: 1, guestCount: 1, subscribeCount: 1 })
    expect(container.textContent).toBe('hello')
  })

  test('listens to the network once in StrictMode, and not at all when unmounted', async () => {
    const listeners = new Set<() => void>()
    const host: Host = {
      isBrowser: true,
      isOnline: () => true,
      onNetworkChange(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
      claim: () => Promise.resolve({ release: () => undefined }),
    }
    root.render(
      <StrictMode>
        <FlowSyncProvider {...world.options()} host={host} />
      </StrictMode>,
    )
    await world.until(() => world.hub.guestCount === 1, 'a connection')
    expect(listeners.size).toBe(1)
    root.render(null)
    await world.until(() => listeners.size === 0, 'nobody listens')
  })

  test('closes its client a moment after it was unmounted, and leaves no timer', async () => {
    root.render(own())
    await world.until(() => world.hub.guestCount === 1, 'a connection')
    root.render(null)
    await world.pass(500)
    expect(world.hub.guestCount).toBe(1)
    await world.pass(10_000)
    expect(world.hub.guestCount).toBe(0)
    expect(seen[0]?.getSnapshot().state).toBe('closed')
    expect(world.clock.timerCount).toBe(0)
  })

  test('makes another client when it was hidden for longer and is shown again', async () => {
    root.render(<Activity mode="visible">{own()}</Activity>)
    await world.until(() => world.hub.guestCount === 1, 'a connection')
    root.render(<Activity mode="hidden">{own()}</Activity>)
    await world.until(() => world.hub.guestCount === 0, 'closed')
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'again' })
    root.render(<Activity mode="visible">{own()}</Activity>)
    await shows('again')
    expect(seen).toHaveLength(2)
  })

  test('neither connects nor closes a client that it was given', async () => {
    const client = world.client({ connect: false })
    root.render(
      <FlowSyncProvider client={client}>
        <Doc />
      </FlowSyncProvider>,
    )
    await world.pass(1_000)
    expect(world.hub.connectionCount).toBe(0)
    root.render(null)
    await world.pass(10_000)
    expect(client.getSnapshot().state).toBe('offline')
  })

  test('follows when it is given another client', async () => {
    const [one, two] = [world.client(), world.client({ connect: false })]
    const view = (client: typeof one) => (
      <FlowSyncProvider client={client}>
        <Doc />
      </FlowSyncProvider>
    )
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'one' })
    root.render(view(one))
    await shows('one')
    root.render(view(two))
    await shows('')
    expect(seen).toEqual([one, two])
  })

  test('adds the state of a page to the client above it, before the first render below', async () => {
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'fetched by a page' })
    const hydrate = world.hub.dehydrate('doc:probe')
    world.hub.hold()
    flushSync(() =>
      root.render(
        own(
          <FlowSyncProvider hydrate={hydrate}>
            <Doc />
          </FlowSyncProvider>,
        ),
      ),
    )
    expect(container.textContent).toBe('fetched by a page')
    world.hub.release()
  })

  test('closes the former client before any effect of the tree runs under the next', async () => {
    const states: unknown[] = []
    let former: FlowSyncClient<BindingStreams> | undefined
    function Child({ user }: { user: string }): ReactNode {
      const [, push] = useStream('doc:probe')
      const client = useFlowSyncClient()
      former ??= client
      useLayoutEffect(() => {
        if (user === 'bob') push({ op: 'insert', pos: 0, text: 'of bob' })
        states.push(former?.getSnapshot().state)
      }, [user, push])
      return null
    }
    const view = (user: string) => (
      <FlowSyncProvider {...world.options()} subject={user} token={() => tokenOf(user)}>
        <Child user={user} />
      </FlowSyncProvider>
    )
    flushSync(() => root.render(view('alice')))
    await world.until(() => world.hub.listenerCount('doc:probe') === 1, 'the stream')
    flushSync(() => root.render(view('bob')))
    expect(states).toEqual(['offline', 'closed'])
    await world.until(() => world.hub.valueOf('doc:probe') === 'of bob', 'the edit')
    expect(world.hub.authorsOf('doc:probe')).toEqual(['bob'])
  })

  test('keeps its client while a render of another user is not committed', async () => {
    const never = new Promise<never>(() => undefined)
    const Suspended = (): ReactNode => use(never)
    const view = (user: string) => (
      <FlowSyncProvider {...world.options()} subject={user} token={() => tokenOf(user)}>
        {user === 'bob' ? <Suspended /> : <Doc />}
      </FlowSyncProvider>
    )
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'hello' })
    root.render(<Suspense>{view('alice')}</Suspense>)
    await shows('hello')
    startTransition(() => root.render(<Suspense>{view('bob')}</Suspense>))
    await world.pass(5_000)
    expect(container.textContent).toBe('hello')
    expect(seen.map((client) => client.getSnapshot().state)).toEqual(['live'])
    expect(world.hub).toMatchObject({ connectionCount: 1, guestCount: 1 })
  })

  test('says what it needs', () => {
    let thrown: unknown
    const lost = createRoot(document.createElement('div'), { onUncaughtError: (error) => (thrown = error) })
    flushSync(() => lost.render(<FlowSyncProvider />))
    expect(thrown).toMatchObject({ code: 'config/invalid' })
  })
})
