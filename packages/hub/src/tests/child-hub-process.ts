import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { HubLimits } from '../limit/limits.js'

const LOADER = new URL('../../source-loader.mjs', import.meta.url).href
const SLOW_COMMIT = new URL('slow-commit.ts', import.meta.url).href
const CHILD = fileURLToPath(new URL('child-hub.ts', import.meta.url))

/** How a hub in a process of its own is set up. */
export interface ChildHubOptions {
  /** A SQLite file. Default: memory. */
  readonly db?: string
  /** A Unix socket to listen on. Default: any free port. */
  readonly path?: string
  readonly limits?: Partial<HubLimits>
  readonly fanoutWindowMs?: number
  /** As long as this file exists, each commit takes two seconds, as on a slow disk. Needs `db`. */
  readonly slowFile?: string
  /** Where the process kills itself when it stores an op whose body is `fatalText`. */
  readonly killAt?: 'before-commit' | 'after-commit' | 'before-ack'
  readonly fatalText?: string
}

export interface ChildHubStats {
  readonly unreadBytes: number
  readonly connections: number
  /** Open ones, with or without a connection on them. */
  readonly sockets: number
  readonly rssBytes: number
}

/** A hub in a process of its own that can be looked into. */
export class ChildHub {
  /** Empty on a Unix socket. */
  readonly url: string
  /** Resolves with the signal that ended the process. */
  readonly ended: Promise<NodeJS.Signals | null>
  private readonly child: ChildProcess

  private constructor(child: ChildProcess, url: string) {
    this.child = child
    this.url = url
    this.ended = once(child, 'exit').then(() => child.signalCode)
  }

  static async start(options: ChildHubOptions): Promise<ChildHub> {
    const execArgv = ['--expose-gc', '--conditions=@flowsync/source', '--import', LOADER]
    const { slowFile = '' } = options
    if (slowFile !== '') execArgv.push('--import', SLOW_COMMIT)
    const env = { ...process.env, FLOWSYNC_TEST_SLOW_FILE: slowFile }
    const child = fork(CHILD, [JSON.stringify(options)], { execArgv, env })
    const [started] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('the hub did not start'))),
    ])) as [{ readonly url: string }]
    return new ChildHub(child, started.url)
  }

  async stats(): Promise<ChildHubStats> {
    this.child.send('stats')
    const [stats] = (await once(this.child, 'message')) as [ChildHubStats]
    return stats
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  async end(): Promise<void> {
    if (this.child.connected) this.child.disconnect()
    await this.ended
  }
}
