import type { Scene } from '@flowsync/testkit/bindings'
import { render } from 'svelte/server'
import { createReport } from './report.js'
import ProbeView from './ProbeView.svelte'

/** Renders a scene as a server does. To be loaded where Svelte compiles for servers. */
export function renderScene({ client, probe }: Scene): string {
  return render(ProbeView, { props: { client, probe, report: createReport() } }).body
}
