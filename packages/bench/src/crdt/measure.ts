import type { Figures, Outcome } from '../report/outcome.js'
import { medians, planRuns } from '../report/statistics.js'
import type { Worker, WorkerReply } from '../worker/worker-process.js'
import type { PeerName } from './adapters.js'

export interface MeasureOptions {
  readonly peers: readonly PeerName[]
  readonly runs: number
  /** How many processes are started for each peer, each of which gives a first run. */
  readonly processes: number
  /** Whether a process of its own makes ready what the others find. */
  readonly preparesAhead: boolean
  /** Whether later runs are measured at all. */
  readonly hot: boolean
  readonly start: (peer: PeerName) => Worker
  readonly onProgress: (peer: PeerName, what: string) => void
}

/**
 * Measures a benchmark for several peers, run by run in turn, so that what else the machine does meets them all alike.
 * Every peer has a process of its own and waits there while another one runs.
 */
export async function measure(options: MeasureOptions): Promise<ReadonlyMap<PeerName, Outcome>> {
  const contestants = options.peers.map((peer) => new Contestant(peer, options))
  if (options.preparesAhead) for (const contestant of contestants) await contestant.prepare()
  for (let process = 0; process < options.processes; process++) {
    for (const contestant of contestants) await contestant.begin()
  }
  if (options.hot) {
    const rounds = Math.max(0, ...contestants.map(({ warmUps }) => warmUps))
    for (let round = 0; round < rounds; round++)
      for (const contestant of contestants) await contestant.warmUp(round)
    for (let round = 0; round < options.runs; round++) {
      for (const contestant of contestants) await contestant.run(round)
    }
  }
  return new Map(contestants.map((contestant) => [contestant.peer, contestant.outcome()]))
}

/** One peer in one benchmark. */
class Contestant {
  readonly peer: PeerName
  warmUps = 0
  private plannedRuns = 0
  private readonly options: MeasureOptions
  private worker: Worker | undefined
  private readonly firstRuns: Figures[] = []
  private readonly hotRuns: Figures[] = []
  private facts: Pick<WorkerReply & { kind: 'ready' }, 'edits' | 'note'> = {}
  private end: Outcome | undefined

  constructor(peer: PeerName, options: MeasureOptions) {
    this.peer = peer
    this.options = options
  }

  /** Starts a process that makes ready, and no more. */
  async prepare(): Promise<void> {
    const { start, onProgress } = this.options
    onProgress(this.peer, 'preparing')
    this.worker?.stop()
    this.worker = start(this.peer)
    const reply = await this.worker.ready()
    if (reply.kind === 'lacks') this.finish(reply)
    else if (reply.kind === 'failed') this.finish({ kind: 'failed', reason: reply.message })
    else if (reply.kind === 'ready') this.facts = reply
  }

  /** Starts a process and makes its first run. */
  async begin(): Promise<void> {
    if (this.hasEnded() || this.isSlow) return
    await this.prepare()
    if (this.hasEnded()) return
    this.options.onProgress(this.peer, 'first run')
    const plan = planRuns(await this.collect(this.firstRuns), this.options.runs)
    this.warmUps = plan.warmUps
    this.plannedRuns = plan.runs
  }

  async warmUp(round: number): Promise<void> {
    if (this.hasEnded() || round >= this.warmUps) return
    await this.collect([])
  }

  async run(round: number): Promise<void> {
    if (this.hasEnded() || round >= this.plannedRuns) return
    this.options.onProgress(this.peer, `run ${round + 1}`)
    await this.collect(this.hotRuns)
  }

  /** Ends its process. */
  outcome(): Outcome {
    this.worker?.stop()
    if (this.end) return this.end
    const hot = this.hotRuns.length > 0 ? { hot: medians(this.hotRuns) } : {}
    return {
      kind: 'measured',
      first: medians(this.firstRuns),
      ...hot,
      processes: this.firstRuns.length,
      runs: this.hotRuns.length,
      ...(this.facts.edits === undefined ? {} : { edits: this.facts.edits }),
      ...(this.facts.note === undefined ? {} : { note: this.facts.note }),
    }
  }

  /** Takes so long that one process has to do. */
  private get isSlow(): boolean {
    return this.firstRuns.length > 0 && this.plannedRuns < this.options.runs
  }

  private hasEnded(): boolean {
    return this.end !== undefined
  }

  private async collect(into: Figures[]): Promise<number> {
    const reply = await this.worker?.run()
    if (reply?.kind === 'ran') {
      into.push(reply.figures)
      return reply.wallMs
    }
    this.finish({ kind: 'failed', reason: reply?.kind === 'failed' ? reply.message : 'no answer' })
    return 0
  }

  private finish(outcome: Outcome): void {
    this.end = outcome
    this.worker?.stop()
  }
}
