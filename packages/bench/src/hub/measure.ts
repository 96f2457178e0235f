import type { Figures, Outcome } from '../report/outcome.js'
import { medians } from '../report/statistics.js'
import type { Worker, WorkerReply } from '../worker/worker-process.js'
import type { PeerName } from './peers.js'

export interface MeasureOptions {
  readonly peers: readonly PeerName[]
  readonly runs: number
  /** Whether each run gets new processes. */
  readonly isFresh: boolean
  readonly start: (peer: PeerName) => Worker
  readonly onProgress: (peer: PeerName, what: string) => void
}

/**
 * Measures a benchmark for several peers, run by run in turn, so that what else the machine does meets them all alike.
 * Each waits with its server, idle, while another one runs.
 */
export async function measure(options: MeasureOptions): Promise<ReadonlyMap<PeerName, Outcome>> {
  const contestants = options.peers.map((peer) => new Contestant(peer, options))
  try {
    if (!options.isFresh) for (const contestant of contestants) await contestant.prepare()
    for (let round = 0; round < options.runs; round++) {
      for (const contestant of contestants) await contestant.run(round)
    }
    return new Map(contestants.map((contestant) => [contestant.peer, contestant.outcome()]))
  } finally {
    for (const contestant of contestants) contestant.stop()
  }
}

/** One peer in one benchmark. */
class Contestant {
  readonly peer: PeerName
  private readonly options: MeasureOptions
  private worker: Worker | undefined
  private readonly runs: Figures[] = []
  private note: string | undefined
  private end: Outcome | undefined

  constructor(peer: PeerName, options: MeasureOptions) {
    this.peer = peer
    this.options = options
  }

  async prepare(): Promise<void> {
    this.options.onProgress(this.peer, 'preparing')
    this.worker = this.options.start(this.peer)
    const reply = await this.worker.ready()
    if (reply.kind === 'ready') this.note = reply.note
    else this.fail(reply)
  }

  async run(round: number): Promise<void> {
    if (this.options.isFresh && !this.end) await this.prepare()
    if (this.end) return
    this.options.onProgress(this.peer, `run ${round + 1}`)
    const reply = await this.worker?.run()
    if (reply?.kind === 'ran') this.runs.push(reply.figures)
    else this.fail(reply)
    if (this.options.isFresh) this.stop()
  }

  stop(): void {
    this.worker?.stop()
    this.worker = undefined
  }

  outcome(): Outcome {
    if (this.end) return this.end
    return {
      kind: 'measured',
      first: medians(this.runs),
      range: rangesOf(this.runs),
      processes: this.options.isFresh ? this.runs.length : 1,
      runs: this.runs.length,
      ...(this.note === undefined ? {} : { note: this.note }),
    }
  }

  private fail(reply: WorkerReply | undefined): void {
    const reason = reply?.kind === 'failed' ? reply.message : `an unexpected answer: ${reply?.kind}`
    this.options.onProgress(this.peer, `FAILED: ${reason}`)
    this.end = { kind: 'failed', reason }
    this.stop()
  }
}

/** The least and the most of each metric over several runs. */
export function rangesOf(runs: readonly Figures[]): Record<string, readonly [number, number]> {
  const metrics = Object.keys(runs[0] ?? {})
  return Object.fromEntries(
    metrics.map((metric) => {
      const figures = runs.map((run) => run[metric] ?? 0)
      return [metric, [Math.min(...figures), Math.max(...figures)]] as const
    }),
  )
}
