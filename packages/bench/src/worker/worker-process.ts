import { fork, type ChildProcess } from 'node:child_process'
import type { Figures } from '../report/outcome.js'

/** What a worker process says: first whether it can, then one answer to each message it gets. */
export type WorkerReply =
  | { readonly kind: 'ready'; readonly edits?: number; readonly note?: string }
  | { readonly kind: 'lacks'; readonly reason: string }
  | { readonly kind: 'ran'; readonly figures: Figures; readonly wallMs: number }
  | { readonly kind: 'failed'; readonly message: string }

/** What it says in between: which process it has started itself, so that none outlives it. */
interface WorkerNotice {
  readonly kind: 'started'
  readonly pid: number
}

/** A process that measures one peer. */
export interface Worker {
  /** Whether it can, after all is made ready. */
  ready(): Promise<WorkerReply>
  run(): Promise<WorkerReply>
  stop(): void
}

/** A worker as its parent sees it: it answers each question with one reply, and a crash is a reply too. */
export class WorkerProcess implements Worker {
  private readonly child: ChildProcess
  private readonly started: number[] = []
  private readonly replies: WorkerReply[] = []
  private waiting: ((reply: WorkerReply) => void) | undefined
  private errorOutput = ''

  /** @param options what the script reads as JSON from its first argument */
  constructor(script: string, options: unknown, timeoutMs: number) {
    this.child = fork(script, [JSON.stringify(options)], {
      execArgv: ['--expose-gc', '--max-old-space-size=4096'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Pointers to what is slow in development builds must not be followed here.
      env: { ...process.env, NODE_ENV: 'production' },
    })
    const timer = setTimeout(() => {
      this.deliver({ kind: 'failed', message: `no answer within ${timeoutMs / 1000} s` })
      this.stop()
    }, timeoutMs)
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errorOutput = (this.errorOutput + text).slice(-2_000)
    })
    this.child.on('message', (message: WorkerReply | WorkerNotice) => {
      if (message.kind === 'started') this.started.push(message.pid)
      else this.deliver(message)
    })
    this.child.on('exit', (code, signal) => {
      clearTimeout(timer)
      this.endStarted()
      this.deliver({ kind: 'failed', message: this.describeExit(code, signal) })
    })
  }

  ready(): Promise<WorkerReply> {
    return this.next()
  }

  run(): Promise<WorkerReply> {
    if (this.child.connected) this.child.send('run')
    return this.next()
  }

  stop(): void {
    this.child.kill('SIGKILL')
    this.endStarted()
  }

  private endStarted(): void {
    for (const pid of this.started.splice(0)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        // It has ended by itself.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
  }

  private next(): Promise<WorkerReply> {
    const reply = this.replies.shift()
    if (reply) return Promise.resolve(reply)
    return new Promise((resolve) => {
      this.waiting = resolve
    })
  }

  private deliver(reply: WorkerReply): void {
    const { waiting } = this
    this.waiting = undefined
    if (waiting) waiting(reply)
    else this.replies.push(reply)
  }

  private describeExit(code: number | null, signal: string | null): string {
    const reason = this.errorOutput
      .split('\n')
      .find((line) => /error|panic/i.test(line))
      ?.trim()
    return reason ?? `its process ended with ${signal ?? `code ${code}`}`
  }
}
