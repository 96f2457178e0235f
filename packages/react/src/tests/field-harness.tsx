import type { FieldHarness, FieldScene, MountedField } from '@flowsync/testkit/bindings'
import { Activity, StrictMode, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { FlowSyncProvider, SharedTextarea } from '../index.js'

function view({ client, name }: FieldScene, isHidden = false): ReactNode {
  return (
    <FlowSyncProvider client={client}>
      <Activity mode={isHidden ? 'hidden' : 'visible'}>
        <form>
          <SharedTextarea name={name} aria-label="Text" />
        </form>
      </Activity>
    </FlowSyncProvider>
  )
}

function mount(
  first: FieldScene,
  html: string | undefined,
  wrap: (view: ReactNode) => ReactNode,
): MountedField {
  const container = document.createElement('div')
  document.body.append(container)
  let scene = first
  let root: Root
  if (html === undefined) {
    root = createRoot(container)
    root.render(wrap(view(scene)))
  } else {
    container.innerHTML = html
    root = hydrateRoot(container, wrap(view(scene)))
  }
  const render = async (isHidden: boolean): Promise<void> => {
    flushSync(() => root.render(wrap(view(scene, isHidden))))
    // What is hidden is rendered later than what is seen.
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  let isHidden = false
  return {
    element: () => container.querySelector('textarea') ?? undefined,
    update(next) {
      scene = next
      return render(isHidden)
    },
    hide: () => render((isHidden = true)),
    show: () => render((isHidden = false)),
    unmount: () => root.unmount(),
  }
}

export const reactFieldHarness: FieldHarness = {
  framework: 'React',
  mount: (scene, html) => mount(scene, html, (element) => element),
  mountTwice: (scene) => mount(scene, undefined, (element) => <StrictMode>{element}</StrictMode>),
  renderToString: async (scene) => renderToString(view(scene)),
}
