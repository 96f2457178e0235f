import { BindingWorld } from '@flowsync/testkit/bindings'
import { expect, test } from 'vitest'
import { createApp, h, nextTick, shallowRef, withDirectives } from 'vue'
import { createFlowSync, vFlowsyncText } from './index.js'

test('a field that goes read-only and on to another document in one render is read-only', async () => {
  const world = new BindingWorld()
  const name = shallowRef('doc:a')
  const isLocked = shallowRef(false)
  const container = document.createElement('div')
  const app = createApp({
    render: () =>
      withDirectives(h('textarea', { readonly: isLocked.value, 'aria-label': 'Text' }), [
        [vFlowsyncText, name.value],
      ]),
  })
  app.use(createFlowSync(world.client())).mount(container)
  await world.pass(100)
  name.value = 'doc:b'
  isLocked.value = true
  await nextTick()
  await world.pass(100)
  expect(container.querySelector('textarea')?.readOnly).toBe(true)
  app.unmount()
  await world.end()
})
