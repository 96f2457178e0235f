import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { FlowSyncError } from '@flowsync/crdt'
import { createHubToken } from '@flowsync/token'
import { findFreePort } from '../servers/free-port.js'
import { hubCommand, isHubReady } from '../servers/hub-command.js'
import { REPLAY_STREAM, REPLAY_WORKSPACE } from './replay-stream.js'

const TOKEN_SECONDS = 3_600
/** How long a hub may take until it answers. */
const START_LIMIT_MS = 20_000
const POLL_MS = 20
/** The last of what a hub wrote, kept for complaints. */
const KEPT_OUTPUT = 4_000

export interface HubProcessOptions {
  /** File of the SQLite database. */
  readonly database: string
  readonly secret: string
}

/** A hub as its own process on SQLite, to be killed and started again on the same port and database. */
export class HubProcess {
  readonly url: string
  private readonly port: number
  private readonly options: HubProcessOptions
  private child: ChildProcess | undefined
  private output = ''

  private constructor(port: number, options: HubProcessOptions) {
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.options = options
  }

  /** Starts a hub on a free port and resolves once it is ready. */
  static async start(options: HubProcessOptions): Promise<HubProcess> {
    const hub = new HubProcess(await findFreePort(), options)
    await hub.start()
    return hub
  }

  /** Ends the process with SIGKILL and starts another on what it left. Resolves once that is ready. */
  async killAndRestart(): Promise<void> {
    await this.end('SIGKILL')
    await this.start()
  }

  /** Ends the process in good order. */
  stop(): Promise<void> {
    return this.end('SIGTERM')
  }

  /** A token that the hub takes. */
  token(subject: string): Promise<string> {
    return createHubToken({
      subject,
      grants: ['write:doc:*'],
      secret: this.options.secret,
      workspace: REPLAY_WORKSPACE,
      expiresInSeconds: TOKEN_SECONDS,
    })
  }

  /** The text as the hub folds it, by its HTTP API. */
  async readText(): Promise<string> {
    const url = `${this.url}/v1/${REPLAY_WORKSPACE}/streams/${encodeURIComponent(REPLAY_STREAM)}`
    const response = await fetch(url, { headers: { authorization: `Bearer ${await this.token('checker')}` } })
    if (!response.ok) return `(the hub answered ${response.status})`
    const { value } = (await response.json()) as { value?: unknown }
    return typeof value === 'string' ? value : `(the hub answered ${JSON.stringify(value)})`
  }

  private async start(): Promise<void> {
    const { database, secret } = this.options
    const args = [
      hubCommand(),
      'start',
      '--host',
      '127.0.0.1',
      '--port',
      String(this.port),
      '--db',
      database,
      '--log-level',
      'warn',
    ]
    const child = spawn(process.execPath, args, {
      env: { ...process.env, FLOWSYNC_SECRET: secret },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-KEPT_OUTPUT)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    await this.waitUntilReady(child)
  }

  private async waitUntilReady(child: ChildProcess): Promise<void> {
    const deadlineMs = performance.now() + START_LIMIT_MS
    while (performance.now() < deadlineMs) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw this.complaint('The hub ended while it started')
      if (await isHubReady(this.url)) return
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    throw this.complaint(`The hub was not ready after ${START_LIMIT_MS / 1000} s`)
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { child } = this
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  private complaint(what: string): FlowSyncError {
    return new FlowSyncError('hub/internal', `${what}. It wrote:\n${this.output.trim() || '(nothing)'}`)
  }
}
