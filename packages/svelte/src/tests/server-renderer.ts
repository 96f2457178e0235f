import { join } from 'node:path'
import type { FieldScene, Scene } from '@flowsync/testkit/bindings'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { createServer, type Plugin } from 'vite'
import * as core from '@flowsync/core'

/** Renders scenes as a server does, from within a test that runs in a DOM. */
export interface ServerRenderer {
  render(scene: Scene): Promise<string>
  renderField(scene: FieldScene): Promise<string>
  close(): Promise<void>
}

const shared = Symbol.for('flowsync.test.core')

/** Clients of the test reach the components: both sides have one and the same core. */
function sharedCore(): Plugin {
  const id = '\0shared-core'
  Object.assign(globalThis, { [shared]: core })
  return {
    name: 'shared-core',
    enforce: 'pre',
    resolveId: (source) => (source === '@flowsync/core' ? id : undefined),
    load(loaded) {
      if (loaded !== id) return undefined
      return `export const { ${Object.keys(core).join(', ')} } = globalThis[Symbol.for('${shared.description}')]`
    },
  }
}

/** In a DOM Svelte compiles for browsers: a Vite of its own compiles the same components for servers. */
export async function startServerRenderer(): Promise<ServerRenderer> {
  const conditions = ['@flowsync/source', 'module', 'node', 'development|production']
  const vite = await createServer({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, '../..'),
    plugins: [sharedCore(), svelte({ configFile: false })],
    // With `hmr` Svelte marks the borders of components, which the components of the test would not expect.
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    optimizeDeps: { noDiscovery: true },
    appType: 'custom',
  })
  const { renderField, renderScene } = (await vite.ssrLoadModule(
    '/src/tests/server-render.ts',
  )) as typeof import('./server-render.js')
  return {
    render: async (scene) => renderScene(scene),
    renderField: async (scene) => renderField(scene),
    close: () => vite.close(),
  }
}
