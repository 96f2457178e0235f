import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRedis } from './find-program.js'
import { findFreePort } from './free-port.js'
import { askRedis } from './redis-server.js'
import { ServerProcess } from './server-process.js'

/** A Redis of one's own, for tests that must break one. */
export interface TestRedis {
  readonly url: string
  readonly port: number
  /** Where it keeps its files. */
  readonly folder: string
  /** Ends it and resolves once it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again and resolves once it answers. What was synced to its append-only file is there. */
  start(): Promise<void>
  /** Stops it with SIGSTOP: connections stay open and nobody answers. */
  pause(): void
  resume(): void
  /** Ends it for good and deletes its files. */
  remove(): Promise<void>
}

/**
 * Starts a Redis on a free port, in a new folder below the temporary one.
 * @param settings options of redis.conf; by default it keeps an append-only file and syncs every command
 * @throws FlowSyncError `config/invalid` when Redis is not installed
 */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'flowsync-redis-'))
  const port = await findFreePort()
  const options = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    ...settings,
  }
  const command = {
    name: 'redis',
    file: findRedis(),
    args: Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]),
    logFile: join(folder, 'redis.log'),
  }
  // With a password it refuses, which is an answer.
  const isReady = async (): Promise<boolean> => /^(\+PONG|-NOAUTH)/.test(await askRedis(port, 'PING'))
  const quiet = (): void => undefined
  const server = new ServerProcess({ command, isReady, onChange: quiet, onCrash: quiet })
  try {
    await server.start()
    return {
      url: `redis://127.0.0.1:${port}`,
      port,
      folder,
      kill: async (signal = 'SIGKILL') => void (await server.end(signal)),
      start: () => server.start(),
      pause: () => server.pause(),
      resume: () => server.resume(),
      remove: async () => {
        await server.stop('SIGKILL')
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
