import { join } from 'node:path'
import { freePort, startService, type Service } from './processes.js'
import { SECRET } from './servers.js'

const root = join(import.meta.dirname, '../apps')

/** How each application is started once it is built. */
const START = {
  next: ['node_modules/next/dist/bin/next', 'start'],
  'vite-vue': ['server/main.ts'],
  nuxt: ['.output/server/index.mjs'],
  sveltekit: ['dist/index.js'],
} as const

/** An application of `e2e/apps`. */
export type AppName = keyof typeof START

/** Starts an application that is built, on a port of its own. */
export async function startApp(name: AppName, hubUrl: string): Promise<Service> {
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const cwd = join(root, name)
  const [script, ...args] = START[name]
  return startService({
    name,
    args: [
      join(cwd, script),
      ...args,
      ...(name === 'next' ? ['--port', port, '--hostname', '127.0.0.1'] : []),
    ],
    cwd,
    env: {
      PORT: port,
      HOST: '127.0.0.1',
      NITRO_PORT: port,
      NITRO_HOST: '127.0.0.1',
      ORIGIN: url,
      FLOWSYNC_HUB_URL: hubUrl,
      FLOWSYNC_SECRET: SECRET,
    },
    url,
    healthUrl: `${url}/api/session`,
  })
}
