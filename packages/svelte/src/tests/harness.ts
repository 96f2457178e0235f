import type { BindingHarness, Mounted, Scene } from '@flowsync/testkit/bindings'
import { flushSync, hydrate, mount as mountComponent, unmount } from 'svelte'
import { createReport } from './report.js'
import ProbeView from './ProbeView.svelte'
import { proxy } from './proxy.svelte.js'

function mount({ client, probe }: Scene, html?: string, flicker = false): Mounted {
  const report = createReport()
  const target = document.createElement('div')
  target.innerHTML = html ?? ''
  const options = { target, props: { client, probe, report, flicker } }
  const component = html === undefined ? mountComponent(ProbeView, options) : hydrate(ProbeView, options)
  return {
    text: () => target.textContent ?? '',
    renders: report.renders,
    push: (intent) => report.push(intent as never),
    references: () => report.references(),
    rerender: () => report.rerender(),
    unmount: () => void unmount(component),
  }
}

/** The harness, but for rendering on a server: that needs components compiled for it. */
export function svelteHarness(renderToString: BindingHarness['renderToString']): BindingHarness {
  return {
    framework: 'Svelte',
    hydratesInParts: false,
    mount,
    mountTwice: (scene) => mount(scene, undefined, true),
    renderToString,
    mountWithoutClient() {
      const props = {
        client: undefined,
        probe: { kind: 'stream', name: 'doc:probe' },
        report: createReport(),
      } as const
      flushSync(() => mountComponent(ProbeView, { target: document.createElement('div'), props }))
    },
    proxy,
  }
}
