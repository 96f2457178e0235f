import type { FieldScene, Scene } from '@flowsync/testkit/bindings'
import { render } from 'svelte/server'
import { createReport } from './report.js'
import FieldView from './FieldView.svelte'
import ProbeView from './ProbeView.svelte'
import { ShownField } from './shown-field.svelte.js'

/** Renders a scene as a server does. To be loaded where Svelte compiles for servers. */
export function renderScene({ client, probe }: Scene): string {
  return render(ProbeView, { props: { client, probe, report: createReport() } }).body
}

/** The same for a text field. */
export function renderField(scene: FieldScene): string {
  return render(FieldView, { props: { shown: new ShownField(scene) } }).body
}
