import type {
  BindingHarness,
  FollowedOptions,
  Mounted,
  MountedFollower,
  Probe,
  Scene,
} from '@flowsync/testkit/bindings'
import { StrictMode, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { FlowSyncProvider } from '../index.js'
import { ProbeView, type Report } from './probe.js'

function createReport(): Report {
  const missing = (): never => {
    throw new Error('The probe has not rendered yet')
  }
  return { renders: [], references: [], push: missing, rerender: missing }
}

function view({ client, probe }: Scene, report: Report): ReactNode {
  return (
    <FlowSyncProvider client={client}>
      <ProbeView probe={probe} report={report} />
    </FlowSyncProvider>
  )
}

function mount(scene: Scene, html: string | undefined, wrap: (view: ReactNode) => ReactNode): Mounted {
  const report = createReport()
  const container = document.createElement('div')
  const element = wrap(view(scene, report))
  let unmount: () => void
  if (html === undefined) {
    const root = createRoot(container)
    root.render(element)
    unmount = () => root.unmount()
  } else {
    container.innerHTML = html
    const root = hydrateRoot(container, element)
    unmount = () => root.unmount()
  }
  return mounted(container, report, unmount)
}

function mountFollower(options: FollowedOptions, probe: Probe): MountedFollower {
  const report = createReport()
  const container = document.createElement('div')
  const root = createRoot(container)
  const render = (followed: FollowedOptions): void =>
    flushSync(() =>
      root.render(
        <StrictMode>
          <FlowSyncProvider {...followed}>
            <ProbeView probe={probe} report={report} />
          </FlowSyncProvider>
        </StrictMode>,
      ),
    )
  render(options)
  return { ...mounted(container, report, () => root.unmount()), follow: render }
}

function mounted(container: HTMLElement, report: Report, unmount: () => void): Mounted {
  return {
    text: () => container.textContent ?? '',
    renders: report.renders,
    push: (intent) => report.push(intent as never),
    references: () => report.references,
    rerender: () => report.rerender(),
    unmount,
  }
}

export const reactHarness: BindingHarness = {
  framework: 'React',
  hydratesInParts: true,
  mount: (scene, html) => mount(scene, html, (element) => element),
  mountTwice: (scene) => mount(scene, undefined, (element) => <StrictMode>{element}</StrictMode>),
  mountFollower,
  renderToString: async (scene) => renderToString(view(scene, createReport())),
  mountWithoutClient() {
    let thrown: unknown
    const root = createRoot(document.createElement('div'), { onUncaughtError: (error) => (thrown = error) })
    flushSync(() =>
      root.render(<ProbeView probe={{ kind: 'stream', name: 'doc:probe' }} report={createReport()} />),
    )
    root.unmount()
    throw thrown
  },
  proxy: (value) => value,
}
