import type {
  BindingHarness,
  FollowedOptions,
  Mounted,
  MountedFollower,
  Probe,
  Scene,
} from '@flowsync/testkit/bindings'
import { flushSync, hydrate, mount as mountComponent, unmount } from 'svelte'
import { followedOptions } from './followed-options.svelte.js'
import FollowView from './FollowView.svelte'
import { createReport, type Report } from './report.js'
import ProbeView from './ProbeView.svelte'
import { proxy } from './proxy.svelte.js'

function mount({ client, probe }: Scene, html?: string, flicker = false): Mounted {
  const report = createReport()
  const target = document.createElement('div')
  target.innerHTML = html ?? ''
  const options = { target, props: { client, probe, report, flicker } }
  const component = html === undefined ? mountComponent(ProbeView, options) : hydrate(ProbeView, options)
  return mounted(target, report, component)
}

function mounted(target: HTMLElement, report: Report, component: object): Mounted {
  return {
    text: () => target.textContent ?? '',
    renders: report.renders,
    push: (intent) => report.push(intent as never),
    references: () => report.references(),
    rerender: () => report.rerender(),
    unmount: () => void unmount(component),
  }
}

function mountFollower(options: FollowedOptions, probe: Probe): MountedFollower {
  const report = createReport()
  const target = document.createElement('div')
  const followed = followedOptions(options)
  const component = mountComponent(FollowView, { target, props: { followed, probe, report } })
  return {
    ...mounted(target, report, component),
    follow(next) {
      followed.current = next
      flushSync()
    },
  }
}

/** The harness, but for rendering on a server: that needs components compiled for it. */
export function svelteHarness(renderToString: BindingHarness['renderToString']): BindingHarness {
  return {
    framework: 'Svelte',
    hydratesInParts: false,
    mount,
    mountTwice: (scene) => mount(scene, undefined, true),
    mountFollower,
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
