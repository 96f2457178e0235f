import { join } from 'node:path'
import type { Scene } from '@flowsync/testkit/bindings'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { createServer } from 'vite'

/** Renders scenes as a server does, from within a test that runs in a DOM. */
export interface ServerRenderer {
  render(scene: Scene): Promise<string>
  close(): Promise<void>
}

/** In a DOM Svelte compiles for browsers: a Vite of its own compiles the same components for servers. */
export async function startServerRenderer(): Promise<ServerRenderer> {
  const conditions = ['@flowsync/source', 'module', 'node', 'development|production']
  const vite = await createServer({
    configFile: false,
    logLevel: 'error',
    root: join(import.meta.dirname, '../..'),
    plugins: [svelte({ configFile: false })],
    server: { middlewareMode: true, ws: false, watch: null },
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    optimizeDeps: { noDiscovery: true },
    appType: 'custom',
  })
  const { renderScene } = (await vite.ssrLoadModule(
    '/src/tests/server-render.ts',
  )) as typeof import('./server-render.js')
  return { render: async (scene) => renderScene(scene), close: () => vite.close() }
}
