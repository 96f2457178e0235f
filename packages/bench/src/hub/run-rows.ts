import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeMachine, versionsOf } from '../report/environment.js'
import type { Outcome } from '../report/outcome.js'
import { rowResult } from '../report/row-result.js'
import type { SuiteResult } from '../report/suite.js'
import { WorkerProcess } from '../worker/worker-process.js'
import type { HubBenchmark } from './benchmark.js'
import { benchmarks } from './benchmarks.js'
import { measure } from './measure.js'
import { partsOf, type PeerName } from './peers.js'
import type { HubRow } from './rows.js'
import { startStores, type StoreUrls } from './stores.js'
import type { HubWorkerOptions } from './worker.js'

export interface RunOptions {
  readonly rows: readonly HubRow[]
  readonly peers: readonly PeerName[]
  readonly runs: number
  readonly seed: number
  readonly isQuick: boolean
  /** A recorded session of one person. */
  readonly trace?: string
  readonly onProgress: (text: string) => void
  /** Ends the run: what was started is stopped, and what was written removed. */
  readonly signal: AbortSignal
}

/** What a run is recorded as. */
export interface HubResult extends SuiteResult {
  readonly trace: string
  readonly isQuick: boolean
}

const script = fileURLToPath(new URL('./worker.js', import.meta.url))
const WORKER_TIMEOUT_MS = 600_000

/**
 * Measures each benchmark that the rows need once, one after the other.
 * @throws the reason of the signal when it is ended
 */
export async function runRows(options: RunOptions): Promise<HubResult> {
  const startedAt = new Date()
  const directory = mkdtempSync(join(tmpdir(), 'flowsync-bench-hub-'))
  const workers = new Set<WorkerProcess>()
  const stopAll = (): void => workers.forEach((worker) => worker.stop())
  options.signal.addEventListener('abort', stopAll)
  const start = (peer: PeerName, { name }: HubBenchmark, stores: StoreUrls): WorkerProcess => {
    options.signal.throwIfAborted()
    const { isQuick, seed, trace } = options
    const worker = new WorkerProcess(
      script,
      {
        peer,
        benchmark: name,
        isQuick,
        seed,
        directory,
        stores,
        ...(trace === undefined ? {} : { trace }),
      } satisfies HubWorkerOptions,
      WORKER_TIMEOUT_MS,
    )
    workers.add(worker)
    return worker
  }
  try {
    const names = [...new Set(options.rows.map(({ benchmark }) => benchmark))]
    const outcomes = new Map<string, ReadonlyMap<PeerName, Outcome>>()
    for (const [index, name] of names.entries()) {
      options.onProgress(`${index + 1}/${names.length} ${name}`)
      const startedMs = performance.now()
      outcomes.set(name, await runBenchmark(name, options, start))
      options.signal.throwIfAborted()
      options.onProgress(`  ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
    }
    return {
      date: startedAt.toISOString(),
      seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
      machine: describeMachine(),
      versions: versionsOf([...new Set(options.peers.flatMap((peer) => partsOf(peer).packages))]),
      trace: nameOf(options),
      isQuick: options.isQuick,
      rows: options.rows.map((row) =>
        rowResult(row, outcomes.get(row.benchmark) ?? new Map<PeerName, Outcome>(), startedAt.toISOString()),
      ),
    }
  } finally {
    options.signal.removeEventListener('abort', stopAll)
    stopAll()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

async function runBenchmark(
  name: string,
  options: RunOptions,
  start: (peer: PeerName, benchmark: HubBenchmark, stores: StoreUrls) => WorkerProcess,
): Promise<ReadonlyMap<PeerName, Outcome>> {
  const benchmark = benchmarks.find((candidate) => candidate.name === name)
  if (!benchmark) throw new Error(`no benchmark is called ${name}`)
  const peers = benchmark.peers.filter((peer) => options.peers.includes(peer))
  const stores = await startStores(benchmark.needs ?? []).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  )
  if (typeof stores === 'string') {
    options.onProgress(`  left out: ${stores}`)
    return new Map(peers.map((peer) => [peer, { kind: 'lacks', reason: stores }]))
  }
  try {
    return await measure({
      peers,
      runs: Math.min(options.runs, benchmark.mostRuns ?? options.runs),
      isFresh: benchmark.isFresh === true,
      start: (peer) => start(peer, benchmark, stores.urls),
      onProgress: (peer, what) => options.onProgress(`  ${name} ${peer}: ${what}`),
    })
  } finally {
    await stores.remove()
  }
}

function nameOf({ trace, isQuick }: RunOptions): string {
  return trace === undefined || isQuick ? 'generated' : basename(trace).replace(/\.json(\.gz)?$/, '')
}
