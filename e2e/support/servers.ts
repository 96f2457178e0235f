import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startService, type Service } from './processes.js'

const root = join(import.meta.dirname, '../..')
export const SECRET = 'end-to-end-secret-of-at-least-32-bytes'

/** A hub with its database on disk, that tests may kill and start again. */
export interface TestHub {
  readonly url: string
  kill(): Promise<void>
  restart(): Promise<void>
  dispose(): Promise<void>
}

/** @param streams the module of the streams that it shares, from the root of the repository */
export async function startHub(streams = 'apps/next-demo/lib/streams.ts'): Promise<TestHub> {
  const directory = await mkdtemp(join(tmpdir(), 'flowsync-e2e-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const start = () =>
    startService({
      name: 'hub',
      args: [
        join(root, 'packages/hub/dist/cli/main.js'),
        'start',
        ...['--port', String(port)],
        ...['--db', join(directory, 'hub.db')],
        ...['--streams', join(root, streams)],
      ],
      cwd: root,
      env: { FLOWSYNC_SECRET: SECRET },
      url,
      healthUrl: `${url}/healthz`,
    })
  let service = await start()
  return {
    url,
    kill: () => service.kill(),
    restart: async () => {
      service = await start()
    },
    dispose: async () => {
      await service.stop()
      await rm(directory, { recursive: true })
    },
  }
}

/** The built Next.js demo, talking to `hubUrl`. */
export async function startDemo(hubUrl: string, tokenSeconds: number): Promise<Service> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const cwd = join(root, 'apps/next-demo')
  return startService({
    name: 'demo',
    args: [
      join(cwd, 'node_modules/next/dist/bin/next'),
      'start',
      '--port',
      String(port),
      '--hostname',
      '127.0.0.1',
    ],
    cwd,
    env: {
      FLOWSYNC_HUB_URL: hubUrl,
      FLOWSYNC_SECRET: SECRET,
      FLOWSYNC_TOKEN_SECONDS: String(tokenSeconds),
      NEXTAUTH_SECRET: SECRET,
      NEXTAUTH_URL: url,
    },
    url,
    healthUrl: `${url}/`,
  })
}
