import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPostgres } from './postgres-server.js'

/** A PostgreSQL of one's own, for tests that must break one. */
export interface TestPostgres {
  /** Of its only database, past any password. */
  readonly url: string
  readonly port: number
  /** Ends it and resolves once it has ended: `SIGKILL`, `SIGQUIT` (immediate shutdown), `SIGINT` (fast) or `SIGTERM` (smart). */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again and resolves once it takes connections; what was committed is there. */
  start(): Promise<void>
  /** Stops it and its backends with SIGSTOP: connections stay open and nobody answers. */
  pause(): void
  resume(): void
  /** Ends it for good and deletes its files. */
  remove(): Promise<void>
}

/**
 * Starts a PostgreSQL on a free port, in a new folder below the temporary one; as `postgres` or `nobody` when we are root. It syncs every commit.
 * @throws FlowSyncError `config/invalid` when PostgreSQL is not installed
 */
export async function startPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'flowsync-postgres-'))
  // Its own user must get through to its own folder.
  await chmod(folder, 0o755)
  const quiet = (): void => undefined
  try {
    const { server, port } = await createPostgres({ folder, onChange: quiet, onCrash: quiet })
    await server.start()
    return {
      url: `postgres://flowsync@127.0.0.1:${port}/postgres`,
      port,
      kill: async (signal = 'SIGKILL') => void (await server.end(signal)),
      start: () => server.start(),
      pause: () => server.pause(),
      resume: () => server.resume(),
      remove: async () => {
        await server.stop('SIGQUIT')
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
