import type { FlowSyncClient, RegisteredStreams } from '@flowsync/core'
import type { FieldHarness, FieldScene, MountedField } from '@flowsync/testkit/bindings'
import { renderToString } from '@vue/server-renderer'
import {
  createApp,
  createSSRApp,
  defineComponent,
  h,
  KeepAlive,
  nextTick,
  shallowRef,
  withDirectives,
  type App,
  type Component,
} from 'vue'
import { flowSyncKey, vFlowsyncText } from '../index.js'

function createView(first: FieldScene) {
  const client = shallowRef<FlowSyncClient<RegisteredStreams>>(first.client)
  const name = shallowRef(first.name)
  const isHidden = shallowRef(false)
  const Field = defineComponent({
    render: () =>
      h('form', [withDirectives(h('textarea', { 'aria-label': 'Text' }), [[vFlowsyncText, name.value]])]),
  })
  const Other = defineComponent({ render: () => h('p') })
  const root: Component = { render: () => h(KeepAlive, null, () => h(isHidden.value ? Other : Field)) }
  const make = (create: (root: Component) => App): App => {
    const app = create(root)
    app.provide(flowSyncKey, client)
    return app
  }
  return { client, name, isHidden, make }
}

function mount(first: FieldScene, html?: string): MountedField {
  const { client, name, isHidden, make } = createView(first)
  const container = document.createElement('div')
  container.innerHTML = html ?? ''
  document.body.append(container)
  const app = make(html === undefined ? createApp : createSSRApp)
  app.mount(container)
  return {
    element: () => container.querySelector('textarea') ?? undefined,
    update(scene) {
      client.value = scene.client
      name.value = scene.name
      return nextTick()
    },
    hide() {
      isHidden.value = true
      return nextTick()
    },
    show() {
      isHidden.value = false
      return nextTick()
    },
    unmount: () => app.unmount(),
  }
}

export const vueFieldHarness: FieldHarness = {
  framework: 'Vue',
  mount,
  renderToString: (scene) => renderToString(createView(scene).make(createSSRApp)),
}
