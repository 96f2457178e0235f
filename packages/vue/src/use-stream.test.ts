import { BindingWorld } from '@flowsync/testkit/bindings'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp, defineComponent, effectScope, h, ref, type App } from 'vue'
import { createFlowSync, useFlowSyncClient, useStream, type UseStreamResult } from './index.js'

describe('useStream', () => {
  let world: BindingWorld
  let apps: App[]

  beforeEach(() => {
    world = new BindingWorld()
    apps = []
  })

  afterEach(async () => {
    for (const app of apps) app.unmount()
    await world.pass(10_000)
    await world.end()
  })

  function mount(setup: () => () => string, plugin = createFlowSync(world.client())): HTMLElement {
    const container = document.createElement('div')
    const app = createApp(
      defineComponent(() => {
        const text = setup()
        return () => h('p', text())
      }),
    )
    apps.push(app)
    app.use(plugin).mount(container)
    return container
  }

  test('follows a name that changes, and gives up the former stream', async () => {
    world.hub.edit('doc:one', { op: 'insert', pos: 0, text: '1' })
    world.hub.edit('doc:two', { op: 'insert', pos: 0, text: '2' })
    const name = ref<`doc:${string}`>('doc:one')
    let result: UseStreamResult<`doc:${string}`> | undefined
    const container = mount(() => {
      const { value } = (result = useStream(name))
      return () => value.value
    })
    await world.until(() => container.textContent === '1', 'the first stream')
    name.value = 'doc:two'
    await world.until(() => container.textContent === '2', 'the second stream')
    result?.push({ op: 'insert', pos: 0, text: 'the ' })
    await world.until(() => container.textContent === 'the 2', 'an edit of the second')
    expect(result?.stream.value.name).toBe('doc:two')
    await world.until(() => world.hub.listenerCount('doc:one') === 0, 'the first is given up')
  })

  test('works in a scope outside of components, until that ends', async () => {
    const scope = effectScope()
    const app = createApp({ render: () => null })
    app.use(createFlowSync(world.client()))
    const result = app.runWithContext(() => scope.run(() => useStream('doc:probe')))
    world.hub.edit('doc:probe', { op: 'insert', pos: 0, text: 'in a scope' })
    await world.until(() => result?.value.value === 'in a scope', 'the value')
    scope.stop()
    await world.until(() => world.hub.listenerCount('doc:probe') === 0, 'the stream is given up')
  })

  test('belongs to the scope it is used in, also during setup of a component', async () => {
    const scope = effectScope(true)
    const client = world.client()
    const shared = mount(() => {
      const { value } = scope.run(() => useStream('doc:probe')) ?? {}
      return () => value?.value ?? ''
    }, createFlowSync(client))
    await world.until(() => world.hub.listenerCount('doc:probe') === 1, 'the stream is open')
    apps.pop()?.unmount()
    await world.pass(10_000)
    expect(shared.textContent).toBe('')
    expect(world.hub.listenerCount('doc:probe')).toBe(1)
    scope.stop()
    await world.until(() => world.hub.listenerCount('doc:probe') === 0, 'the stream is given up')
  })

  test('the plugin closes a client that it made with the app', async () => {
    let client: ReturnType<typeof useFlowSyncClient>['value'] | undefined
    mount(() => {
      client = useFlowSyncClient().value
      return () => ''
    }, createFlowSync(world.options()))
    await world.until(() => world.hub.guestCount === 1, 'a connection')
    apps.pop()?.unmount()
    await world.until(() => world.hub.guestCount === 0, 'no connection')
    expect(client?.getSnapshot().state).toBe('closed')
  })
})
