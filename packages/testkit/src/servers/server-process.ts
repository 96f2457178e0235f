import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { FlowSyncError } from '@flowsync/crdt'
import { descendantsOf, signalProcess } from './process-tree.js'
import type { Reaper } from './reaper.js'
import { pause } from './until.js'

/** How a server is started. */
interface ServerCommand {
  readonly name: string
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Whose the process is to be, when it is not ours. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** What it writes is appended here. */
  readonly logFile: string
}

/** How a server is started, and who hears of it. */
export interface ServerProcessOptions {
  readonly command: ServerCommand
  readonly reaper?: Reaper
  /** Whether it serves. Asked again and again after a start. */
  readonly isReady: () => Promise<boolean>
  /** {@link ServerProcess.isUp} has changed. */
  readonly onChange: () => void
  /** It ended though it was up and nobody ended it. */
  readonly onCrash: (how: string) => void
}

/** How much of a log is quoted. */
const QUOTED_CHARACTERS = 1_500
/** How long a server may take until it serves, with all that may be wrong around it meanwhile. */
const START_LIMIT_MS = 60_000
const POLL_MS = 25
/** A server that gave up while it started is started again after this long, as those who run servers do. */
const RESTART_MS = 250

/** A server as a process of ours that is paused, killed and started again. */
export class ServerProcess {
  readonly name: string
  private readonly options: ServerProcessOptions
  private child: ChildProcess | undefined
  /** Whether it is ready and nobody has asked it to end; it may be paused. */
  isServing = false
  private isPaused = false
  private starting: Promise<void> | undefined
  private isStopped = false

  constructor(options: ServerProcessOptions) {
    this.options = options
    this.name = options.command.name
  }

  /** Whether it serves, as far as it can: it is ready, not paused and not about to end. */
  get isUp(): boolean {
    return this.isServing && !this.isPaused
  }

  /** Whether there is a process, paused or not. */
  get isAlive(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null
  }

  /** Starts it and resolves once it serves; again when it gives up before, for what it needs may not be there yet. */
  start(): Promise<void> {
    this.starting ??= this.startUntilServing().finally(() => {
      this.starting = undefined
    })
    return this.starting
  }

  private async startUntilServing(): Promise<void> {
    const deadlineMs = performance.now() + START_LIMIT_MS
    while (!this.isStopped && !this.isServing) {
      if (!this.isAlive) this.spawn()
      while (this.isAlive && performance.now() < deadlineMs) {
        if (await this.options.isReady()) {
          // It may have ended while it was asked.
          this.setServing(this.isAlive)
          return
        }
        await pause(POLL_MS)
      }
      if (performance.now() >= deadlineMs) {
        throw new FlowSyncError(
          'hub/internal',
          `${this.name} does not serve after ${START_LIMIT_MS / 1000} s. It wrote:\n${this.quoteLog()}`,
        )
      }
      await pause(RESTART_MS)
    }
  }

  private spawn(): void {
    const { command, reaper, onCrash } = this.options
    const log = openSync(command.logFile, 'a')
    const child = spawn(command.file, command.args, {
      env: { ...process.env, ...command.env },
      stdio: ['ignore', log, log],
      // Ctrl-C in a terminal is for us; we end it in good order.
      detached: true,
      ...command.user,
    })
    closeSync(log)
    this.child = child
    this.isPaused = false
    const { pid } = child
    if (pid !== undefined) reaper?.add(pid)
    child.on('error', (error) => onCrash(error.message))
    child.once('exit', (code, signal) => {
      if (pid !== undefined) reaper?.remove(pid)
      if (!this.isServing || this.child !== child) return
      this.setServing(false)
      onCrash(signal ?? `code ${code}`)
    })
  }

  /** Stops it and all that it started with SIGSTOP. They keep their sockets and answer nobody. */
  pause(): void {
    if (!this.isAlive) return
    this.isPaused = true
    this.signalAll('SIGSTOP')
    this.options.onChange()
  }

  resume(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.signalAll('SIGCONT')
    this.options.onChange()
  }

  /**
   * Sends a signal that ends it, and resolves once it has ended. It is killed when that takes longer than `limitMs`; true when that was
   * needed.
   */
  async end(signal: NodeJS.Signals, limitMs = 10_000): Promise<boolean> {
    const { child } = this
    if (!child || !this.isAlive) return false
    this.setServing(false)
    const ended = once(child, 'exit')
    if (signal !== 'SIGKILL') this.resume()
    child.kill(signal)
    let wasKilled = false
    const timer = setTimeout(() => {
      wasKilled = child.kill('SIGKILL')
    }, limitMs)
    await ended
    clearTimeout(timer)
    this.isPaused = false
    return wasKilled
  }

  /** Ends it for good, also when it is being started. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.isStopped = true
    await this.end(signal)
  }

  /** The last of what it wrote. */
  quoteLog(): string {
    return readFileSync(this.options.command.logFile, 'utf8').slice(-QUOTED_CHARACTERS).trim()
  }

  private setServing(isServing: boolean): void {
    this.isServing = isServing
    this.options.onChange()
  }

  private signalAll(signal: NodeJS.Signals): void {
    const pid = this.child?.pid
    if (pid === undefined) return
    for (const id of [pid, ...descendantsOf(pid)]) signalProcess(id, signal)
  }
}
