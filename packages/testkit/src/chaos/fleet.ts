import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AuthorStatus, FinalStream, History } from './evidence.js'
import type { Ledger } from './ledger.js'
import type { AuthorConfig, LoadCommand, LoadReport } from './load-messages.js'
import type { Reaper } from '../servers/reaper.js'
import { until } from '../servers/until.js'

/** Who writes, and who keeps what they tell. */
export interface FleetOptions {
  /** One list for each process. */
  readonly authors: readonly (readonly AuthorConfig[])[]
  readonly secret: string
  readonly seed: string
  readonly folder: string
  readonly reaper: Reaper
  readonly ledger: Ledger
  /** An author was stopped or sent offline, or is back. */
  readonly onChange: () => void
  readonly onProblem: (problem: string) => void
}

/** What an author leaves behind. */
export interface AuthorResult {
  readonly history: History
  readonly streams: readonly FinalStream[]
}

interface Load {
  readonly number: number
  readonly child: ChildProcess
  readonly authors: readonly AuthorConfig[]
  isReady: boolean
  isFinished: boolean
  isFrozen: boolean
}

const READY_LIMIT_MS = 60_000
const FINISH_LIMIT_MS = 30_000

/** All authors, in processes that may be frozen and are never killed: what they know belongs to the evidence. */
export class Fleet {
  readonly results = new Map<number, AuthorResult>()
  private readonly options: FleetOptions
  private readonly loads: readonly Load[]
  private readonly statuses = new Map<number, AuthorStatus>()
  private readonly offline = new Set<number>()
  private isEnding = false

  constructor(options: FleetOptions) {
    this.options = options
    this.loads = options.authors.map((authors, number) => this.fork(number, authors))
  }

  /** Connects all authors and resolves once each of them has loaded every stream. */
  async start(): Promise<void> {
    const { secret, seed } = this.options
    const { authorCount } = this
    for (const load of this.loads)
      this.tell(load, { type: 'start', authors: load.authors, authorCount, secret, seed })
    await until(
      'the clients have loaded their streams',
      () => this.loads.every(({ isReady }) => isReady),
      READY_LIMIT_MS,
    )
  }

  write(): void {
    for (const load of this.loads) this.tell(load, { type: 'write' })
  }

  rest(): void {
    for (const load of this.loads) this.tell(load, { type: 'rest' })
  }

  setOnline(author: number, isOnline: boolean): void {
    if (isOnline) this.offline.delete(author)
    else this.offline.add(author)
    const load = this.loads.find(({ authors }) => authors.some((config) => config.author === author))
    if (load) this.tell(load, { type: isOnline ? 'online' : 'offline', author })
    this.options.onChange()
  }

  freeze(number: number): void {
    this.signal(number, true)
  }

  thaw(number: number): void {
    this.signal(number, false)
  }

  /** Whether an author cannot read because we keep it from it. */
  isAbsent(author: number): boolean {
    if (this.offline.has(author)) return true
    return this.loads.some(
      ({ isFrozen, authors }) => isFrozen && authors.some((config) => config.author === author),
    )
  }

  get authorCount(): number {
    return this.loads.reduce((sum, { authors }) => sum + authors.length, 0)
  }

  /** Asks everybody how they stand; the answers are in {@link authorStatuses} once they have come. */
  askStatus(): void {
    for (const load of this.loads) this.tell(load, { type: 'status' })
  }

  get authorStatuses(): readonly AuthorStatus[] {
    return [...this.statuses.values()].sort((a, b) => a.author - b.author)
  }

  /** Collects what everybody has seen and ends the processes. */
  async finish(): Promise<void> {
    this.isEnding = true
    for (const load of this.loads) this.tell(load, { type: 'finish' })
    await until(
      'the clients have handed in what they saw',
      () => this.loads.every(({ isFinished }) => isFinished),
      FINISH_LIMIT_MS,
    )
    await this.stop()
  }

  async stop(): Promise<void> {
    this.isEnding = true
    await Promise.all(
      this.loads.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
      }),
    )
  }

  private fork(number: number, authors: readonly AuthorConfig[]): Load {
    const { folder, reaper, onProblem } = this.options
    const log = openSync(join(folder, `load${number}.log`), 'a')
    const child = fork(fileURLToPath(new URL('load-process.js', import.meta.url)), [], {
      serialization: 'advanced',
      stdio: ['ignore', log, log, 'ipc'],
    })
    closeSync(log)
    const load: Load = { number, child, authors, isReady: false, isFinished: false, isFrozen: false }
    const { pid } = child
    if (pid !== undefined) reaper.add(pid)
    child.on('message', (report: LoadReport) => this.take(load, report))
    child.on('error', (error) => onProblem(`load ${number}: ${error.message}`))
    child.once('exit', (code, signal) => {
      if (pid !== undefined) reaper.remove(pid)
      if (!this.isEnding)
        onProblem(`load ${number} ended by itself: ${signal ?? `code ${code}`}; see load${number}.log`)
    })
    return load
  }

  private take(load: Load, report: LoadReport): void {
    const { ledger, onProblem } = this.options
    switch (report.type) {
      case 'ready':
        load.isReady = true
        return
      case 'made':
        return ledger.addMade(report.author, report.stream, report.n)
      case 'batch':
        return ledger.addBatch(report.batch)
      case 'wire-acks':
        return report.acks.forEach((ack) => ledger.addAck(ack))
      case 'wire-claims':
        return report.claims.forEach((claim) => ledger.addClaim(claim))
      case 'receipt':
        return ledger.addReceipt(report.ack)
      case 'problem':
        return onProblem(report.text)
      case 'status':
        return report.authors.forEach((status) => this.statuses.set(status.author, status))
      case 'result':
        this.results.set(report.author, { history: report.history, streams: report.streams })
        return
      case 'finished':
        load.isFinished = true
    }
  }

  private tell({ child }: Load, command: LoadCommand): void {
    if (child.connected) child.send(command, () => undefined)
  }

  private signal(number: number, isFrozen: boolean): void {
    const load = this.loads[number]
    if (!load) return
    load.isFrozen = isFrozen
    load.child.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT')
    this.options.onChange()
  }
}
