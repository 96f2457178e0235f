import type {
  BindingHarness,
  FollowedOptions,
  Mounted,
  MountedFollower,
  Probe,
  Scene,
} from '@flowsync/testkit/bindings'
import { renderToString } from '@vue/server-renderer'
import { computed, createApp, createSSRApp, h, reactive, shallowRef, type App, type Component } from 'vue'
import { createFlowSync } from '../index.js'
import { Flicker, probeView, type Report } from './probe.js'

function createReport(): Report {
  const missing = (): never => {
    throw new Error('The probe has not rendered yet')
  }
  return { renders: [], references: () => [], push: missing, rerender: missing }
}

function mount(scene: Scene, create: (root: Component) => App, html: string, wrap = false): Mounted {
  const report = createReport()
  const container = document.createElement('div')
  container.innerHTML = html
  const view = () => probeView(scene.probe, report)
  const app = create({ render: () => (wrap ? h(Flicker, null, { default: view }) : view()) })
  app.use(createFlowSync(scene.client)).mount(container)
  return mounted(container, report, app)
}

function mounted(container: HTMLElement, report: Report, app: App): Mounted {
  return {
    text: () => container.textContent ?? '',
    renders: report.renders,
    push: (intent) => report.push(intent as never),
    references: () => report.references(),
    rerender: () => report.rerender(),
    unmount: () => app.unmount(),
  }
}

function mountFollower(options: FollowedOptions, probe: Probe): MountedFollower {
  const report = createReport()
  const container = document.createElement('div')
  const current = shallowRef(options)
  const app = createApp({ render: () => probeView(probe, report) })
  app.use(
    createFlowSync({
      ...options,
      url: () => current.value.url,
      subject: () => current.value.subject,
      token: computed(() => current.value.token),
      hydrate: () => current.value.hydrate,
    }),
  )
  app.mount(container)
  return {
    ...mounted(container, report, app),
    follow(next) {
      current.value = next
    },
  }
}

export const vueHarness: BindingHarness = {
  framework: 'Vue',
  hydratesInParts: true,
  mount: (scene, html) => mount(scene, html === undefined ? createApp : createSSRApp, html ?? ''),
  mountTwice: (scene) => mount(scene, createApp, '', true),
  mountFollower,
  renderToString: async ({ client, probe }) => {
    const app = createSSRApp({ render: () => probeView(probe, createReport()) })
    return renderToString(app.use(createFlowSync(client)))
  },
  mountWithoutClient() {
    const app = createApp({ render: () => probeView({ kind: 'stream', name: 'doc:probe' }, createReport()) })
    app.mount(document.createElement('div'))
  },
  proxy: (value) => reactive(value) as typeof value,
}
