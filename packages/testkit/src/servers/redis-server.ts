import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { findFreePort } from './free-port.js'
import { findRedis } from './find-program.js'
import type { ServerContext } from './server-context.js'
import { ServerProcess } from './server-process.js'

const ANSWER_TIMEOUT_MS = 2_000

/** A Redis of our own. */
export interface RedisServer {
  readonly server: ServerProcess
  readonly port: number
  /** Sends one command and returns the first line of the answer, or '' when nobody answers. */
  readonly ask: (command: string) => Promise<string>
}

/**
 * Makes a Redis that is not started yet.
 * @param isDurable whether it writes and syncs every command before it answers; otherwise it keeps nothing over a restart
 */
export async function createRedis(
  name: string,
  isDurable: boolean,
  { folder, reaper, onChange, onCrash }: ServerContext,
): Promise<RedisServer> {
  const port = await findFreePort()
  const home = join(folder, name)
  mkdirSync(home)
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: home,
    save: '',
    appendonly: isDurable ? 'yes' : 'no',
    appendfsync: 'always',
  }
  const command = {
    name,
    file: findRedis(),
    args: Object.entries(settings).flatMap(([option, value]) => [`--${option}`, value]),
    logFile: join(folder, `${name}.log`),
  }
  const ask = (text: string): Promise<string> => askRedis(port, text)
  const isReady = async (): Promise<boolean> => (await ask('PING')) === '+PONG'
  return {
    server: new ServerProcess({ command, reaper, isReady, onChange, onCrash: (how) => onCrash(name, how) }),
    port,
    ask,
  }
}

/** Sends one command and resolves with the first line of the answer, or '' when nobody answers. */
export function askRedis(port: number, command: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  return new Promise((resolve) => {
    const end = (answer: string): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => end(''))
    socket.once('error', () => end(''))
    socket.once('close', () => end(''))
    socket.once('data', (data) => end(data.toString().split('\r\n')[0] ?? ''))
    socket.write(`${command}\r\n`)
  })
}
