import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { PeerName } from './peers.js'

/** What a joiner is told. */
export interface JoinerOptions {
  readonly peer: PeerName
  readonly url: string
  readonly document: string
}

/** What it found. */
export interface Joined {
  readonly ms: number
  readonly text: string
}

const script = fileURLToPath(new URL('./joiner.js', import.meta.url))

/**
 * Has a new process join a document once, with code that has never run.
 * @throws Error when it cannot
 */
export function joinInNewProcess(options: JoinerOptions, timeoutMs: number): Promise<Joined> {
  const child = fork(script, [JSON.stringify(options)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  process.send?.({ kind: 'started', pid: child.pid })
  return new Promise((resolve, reject) => {
    child.on('message', (joined: Joined) => {
      resolve(joined)
      child.kill('SIGKILL')
    })
    child.on('exit', (code, signal) =>
      reject(new Error(`the process of a client ended with ${signal ?? `code ${code}`}`)),
    )
  })
}
