import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BindingHarness } from './harness.js'
import { BindingWorld } from './world.js'

/** What every binding promises of a server: to be called in a test file that runs without a DOM. */
export function describeBindingOnServer(harness: Pick<BindingHarness, 'framework' | 'renderToString'>): void {
  describe(`${harness.framework} binding on a server`, () => {
    let world: BindingWorld

    beforeEach(() => {
      world = new BindingWorld()
      world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'from the server' })
    })

    afterEach(() => world.end())

    test('renders hydrated state', async () => {
      const client = world.client({ hydrate: world.hub.dehydrate('doc:probe'), connect: false })
      const html = await harness.renderToString({ client, probe: { kind: 'stream', name: 'doc:probe' } })
      expect(html).toContain('from the server')
    })

    test('renders a selection of hydrated state', async () => {
      const client = world.client({ hydrate: world.hub.dehydrate('doc:probe'), connect: false })
      const html = await harness.renderToString({ client, probe: { kind: 'length', name: 'doc:probe' } })
      expect(html).toContain('15')
    })

    test('renders a stream it knows nothing of as loading, and an offline client', async () => {
      const client = world.client({ connect: false })
      const stream = await harness.renderToString({ client, probe: { kind: 'stream', name: 'doc:probe' } })
      expect(stream).toContain('loading')
      const status = await harness.renderToString({ client, probe: { kind: 'client' } })
      expect(status).toContain('offline')
    })

    test('connects to nothing, opens nothing and leaves no timer', async () => {
      const client = world.client({ hydrate: world.hub.dehydrate('doc:probe'), connect: false })
      const timerCount = world.clock.timerCount
      await harness.renderToString({ client, probe: { kind: 'stream', name: 'doc:probe' } })
      await harness.renderToString({ client, probe: { kind: 'client' } })
      expect(world.clock.timerCount).toBe(timerCount)
      await world.pass(1_000)
      expect(world.hub.connectionCount).toBe(0)
    })
  })
}
