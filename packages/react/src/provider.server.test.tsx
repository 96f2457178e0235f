import { BindingWorld } from '@flowsync/testkit/bindings'
import type { ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FlowSyncProvider, useStream } from './index.js'

describe('FlowSyncProvider on a server', () => {
  let world: BindingWorld

  beforeEach(() => {
    world = new BindingWorld()
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'from the server' })
  })

  afterEach(() => world.end())

  function Doc(): ReactNode {
    return useStream('doc:probe')[0]
  }

  test('renders hydrated state with a client of its own that does nothing else', async () => {
    const html = renderToString(
      <FlowSyncProvider {...world.options()} hydrate={world.hub.dehydrate('doc:probe')}>
        <Doc />
      </FlowSyncProvider>,
    )
    expect(html).toBe('from the server')
    expect(world.clock.timerCount).toBe(0)
    await world.pass(1_000)
    expect(world.hub.connectionCount).toBe(0)
  })

  test('renders what a page added', () => {
    const html = renderToString(
      <FlowSyncProvider {...world.options()}>
        <FlowSyncProvider hydrate={world.hub.dehydrate('doc:probe')}>
          <Doc />
        </FlowSyncProvider>
      </FlowSyncProvider>,
    )
    expect(html).toBe('from the server')
  })

  test('refuses to hydrate a client that other requests may share', () => {
    const client = world.client({ connect: false })
    const render = () =>
      renderToString(
        <FlowSyncProvider client={client} hydrate={world.hub.dehydrate('doc:probe')}>
          <Doc />
        </FlowSyncProvider>,
      )
    expect(render).toThrow(expect.objectContaining({ code: 'config/invalid' }))
    expect(client.stream('doc:probe').value).toBe('')
  })
})
