import { join } from 'node:path'
import { findFreePort } from './free-port.js'
import { hubCommand, isHubReady } from './hub-command.js'
import type { ServerContext } from './server-context.js'
import { ServerProcess } from './server-process.js'

/** A hub as its own process. */
export interface HubServer {
  readonly server: ServerProcess
  readonly port: number
}

/** What a hub is started with. */
export interface HubServerOptions {
  readonly name: string
  /** For `--db`. */
  readonly database: string
  /** For `--redis`. */
  readonly redis: string | undefined
  readonly secret: string
  /** For `--streams`. */
  readonly streamsFile: string
}

/** How long a hub may take to say whether it is ready. */
const READY_TIMEOUT_MS = 2_000

/** Makes a hub, the `flowsync start` of everybody, that is not started yet. */
export async function createHubServer(
  { name, database, redis, secret, streamsFile }: HubServerOptions,
  { folder, reaper, onChange, onCrash }: ServerContext,
): Promise<HubServer> {
  const port = await findFreePort()
  const args = [
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--db',
    database,
    '--streams',
    streamsFile,
    '--log-level',
    'info',
  ]
  const command = {
    name,
    file: process.execPath,
    args: [hubCommand(), 'start', ...args, ...(redis === undefined ? [] : ['--redis', redis])],
    env: { FLOWSYNC_SECRET: secret },
    logFile: join(folder, `${name}.log`),
  }
  const isReady = (): Promise<boolean> => isHubReady(`http://127.0.0.1:${port}`, READY_TIMEOUT_MS)
  return {
    server: new ServerProcess({ command, reaper, isReady, onChange, onCrash: (how) => onCrash(name, how) }),
    port,
  }
}
