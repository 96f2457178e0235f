import { execFile } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FlowSyncError } from '@flowsync/crdt'
import { findFreePort } from './free-port.js'
import { findPostgres } from './find-program.js'
import type { ServerContext } from './server-context.js'
import { ServerProcess } from './server-process.js'

const run = promisify(execFile)

/** A PostgreSQL of our own. */
export interface PostgresServer {
  readonly server: ServerProcess
  readonly port: number
}

/**
 * Makes a cluster in a folder of its own and a server for it, which is not started yet. It syncs every commit: only what was asked for can
 * be lost when it is killed.
 */
export async function createPostgres({
  folder,
  reaper,
  onChange,
  onCrash,
}: ServerContext): Promise<PostgresServer> {
  const programs = findPostgres()
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined
  const home = join(folder, 'postgres')
  mkdirSync(home)
  if (user) chownSync(home, user.uid, user.gid)
  const data = join(home, 'data')
  const init = ['-D', data, '-U', 'flowsync', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  await run(join(programs, 'initdb'), init, { ...user, cwd: home })

  const port = await findFreePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    fsync: 'on',
    synchronous_commit: 'on',
    shared_buffers: '32MB',
  }
  const command = {
    name: 'postgres',
    file: join(programs, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    logFile: join(folder, 'postgres.log'),
    ...(user && { user }),
  }
  const isReady = async (): Promise<boolean> => {
    const ask = run(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-t', '1'])
    return ask.then(
      () => true,
      () => false,
    )
  }
  return {
    server: new ServerProcess({
      command,
      reaper,
      isReady,
      onChange,
      onCrash: (how) => onCrash('postgres', how),
    }),
    port,
  }
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new FlowSyncError(
    'config/invalid',
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody" to run it as.',
  )
}
