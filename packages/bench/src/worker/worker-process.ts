import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Worker } from './measure.js'
import type { WorkerOptions, WorkerReply } from './worker-messages.js'

const script = fileURLToPath(new URL('./worker.js', import.meta.url))

/** A worker as its parent sees it: it answers each question with one reply, and a crash is a reply too. */
export class WorkerProcess implements Worker {
  private readonly child: ChildProcess
  private readonly replies: WorkerReply[] = []
  private waiting: ((reply: WorkerReply) => void) | undefined
  private errorOutput = ''

  constructor(options: WorkerOptions, timeoutMs: number) {
    this.child = fork(script, [JSON.stringify(options)], {
      execArgv: ['--expose-gc', '--max-old-space-size=4096'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Pointers to what is slow in development builds must not be followed here.
      env: { ...process.env, NODE_ENV: 'production' },
    })
    const timer = setTimeout(() => {
      this.deliver({ kind: 'failed', message: `no answer within ${timeoutMs / 1000} s` })
      this.child.kill('SIGKILL')
    }, timeoutMs)
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errorOutput = (this.errorOutput + text).slice(-2_000)
    })
    this.child.on('message', (message) => this.deliver(message as WorkerReply))
    this.child.on('exit', (code, signal) => {
      clearTimeout(timer)
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
