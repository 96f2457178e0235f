import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PeerName } from './peers.js'
import type { ServerOptions } from './server-types.js'

/** What a server's process is asked. */
export type ServerQuestion = 'usage' | 'close'

/** What a server has used so far. */
export interface Usage {
  /** Of all its threads. */
  readonly cpuMs: number
  /** After collecting garbage, when it was started with `measuresMemory`. */
  readonly rssBytes: number
}

/** What a server's process says. */
export type ServerReply =
  | { readonly kind: 'ready'; readonly port: number }
  | ({ readonly kind: 'usage' } & Usage)
  | { readonly kind: 'failed'; readonly message: string }

const compiled = fileURLToPath(new URL('./server.js', import.meta.url))
const TIMEOUT_MS = 30_000

/** A peer's server in a process of its own, as those who load it see it. */
export class ServerProcess {
  readonly url: string
  private readonly child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.child = child
    this.url = `http://127.0.0.1:${port}`
  }

  /**
   * Starts a server and resolves once it listens.
   * @param measuresMemory lets it collect garbage before it tells its memory
   * @throws Error with what it said or wrote when it cannot start
   */
  static async start(peer: PeerName, options: ServerOptions, measuresMemory = false): Promise<ServerProcess> {
    const profile = process.env['FLOWSYNC_BENCH_PROFILE']
    const child = fork(compiled, [JSON.stringify({ peer, options })], {
      execArgv: [
        ...(measuresMemory ? ['--expose-gc'] : []),
        ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]),
      ],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    })
    process.send?.({ kind: 'started', pid: child.pid })
    const reply = await nextReply(child)
    if (reply.kind === 'ready') return new ServerProcess(child, reply.port)
    child.kill('SIGKILL')
    throw new Error(`${peer} did not start: ${reply.kind === 'failed' ? reply.message : reply.kind}`)
  }

  /** @throws Error when it does not answer */
  async usage(): Promise<Usage> {
    const reply = nextReply(this.child)
    this.child.send('usage' satisfies ServerQuestion)
    const usage = await reply
    if (usage.kind !== 'usage')
      throw new Error(`the server does not tell its usage: ${JSON.stringify(usage)}`)
    return usage
  }

  /** Ends it in good order: what it stored can be found by the next one. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.send('close' satisfies ServerQuestion)
    const timer = setTimeout(() => this.child.kill('SIGKILL'), TIMEOUT_MS)
    await ended
    clearTimeout(timer)
  }
}

function nextReply(child: ChildProcess): Promise<ServerReply> {
  return new Promise((resolve) => {
    const settle = (reply: ServerReply): void => {
      clearTimeout(timer)
      child.off('message', settle as (message: unknown) => void)
      child.off('exit', onExit)
      resolve(reply)
    }
    const onExit = (code: number | null, signal: string | null): void =>
      settle({ kind: 'failed', message: `its process ended with ${signal ?? `code ${code}`}` })
    const timer = setTimeout(
      () => settle({ kind: 'failed', message: `no answer within ${TIMEOUT_MS / 1000} s` }),
      TIMEOUT_MS,
    )
    child.on('message', settle as (message: unknown) => void)
    child.on('exit', onExit)
  })
}
