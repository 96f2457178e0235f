import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { findFreePort } from './free-port.js'
import { findRedis } from './find-program.js'
import type { ServerContext } from './server-context.js'
import { ServerProcess } from './server-process.js'

/** A Redis of our own. */
export interface RedisServer {
  readonly server: ServerProcess
  readonly port: number
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
  const isReady = async (): Promise<boolean> => (await askRedis(port, 'PING')) === '+PONG'
  return {
    server: new ServerProcess({ command, reaper, isReady, onChange, onCrash: (how) => onCrash(name, how) }),
    port,
  }
}

/** Sends one command and returns the first line of the answer, or '' when nobody answers. */
export async function askRedis(port: number, command: string, timeoutMs = 2_000): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('timeout')))
  try {
    socket.write(`${command}\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer.toString().split('\r\n')[0] ?? ''
  } catch {
    return ''
  } finally {
    socket.destroy()
  }
}
