import type { FieldHarness, FieldScene, MountedField } from '@flowsync/testkit/bindings'
import { hydrate, mount as mountComponent, tick, unmount } from 'svelte'
import FieldView from './FieldView.svelte'
import { ShownField } from './shown-field.svelte.js'

function mount(scene: FieldScene, html?: string): MountedField {
  const shown = new ShownField(scene)
  const target = document.createElement('div')
  target.innerHTML = html ?? ''
  document.body.append(target)
  const options = { target, props: { shown } }
  const component = html === undefined ? mountComponent(FieldView, options) : hydrate(FieldView, options)
  return {
    element: () => target.querySelector('textarea') ?? undefined,
    update({ client, name }) {
      shown.client = client
      shown.name = name
      return tick()
    },
    hide() {
      shown.isHidden = true
      return tick()
    },
    show() {
      shown.isHidden = false
      return tick()
    },
    unmount: () => void unmount(component),
  }
}

/** The harness, but for rendering on a server: that needs components compiled for it. */
export function svelteFieldHarness(renderToString: FieldHarness['renderToString']): FieldHarness {
  return { framework: 'Svelte', mount, renderToString }
}
