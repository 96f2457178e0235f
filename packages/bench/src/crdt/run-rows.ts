import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeMachine, versionsOf } from '../report/environment.js'
import type { Outcome } from '../report/outcome.js'
import { rowResult } from '../report/row-result.js'
import type { SuiteResult } from '../report/suite.js'
import { WorkerProcess, type Worker } from '../worker/worker-process.js'
import type { PeerName } from './adapters.js'
import { benchmarks } from './benchmarks.js'
import { measure } from './measure.js'
import { packageOf } from './packages.js'
import type { CrdtRow } from './rows.js'
import { bundleAdapters } from './bundle.js'
import { isAboutSize, measureSizes } from './sizes.js'
import type { Traces } from './traces.js'
import type { WorkloadOptions } from './workload.js'

export interface RunOptions {
  readonly rows: readonly CrdtRow[]
  readonly peers: readonly PeerName[]
  readonly runs: number
  readonly seed: number
  readonly traces: Traces
  readonly onProgress: (text: string) => void
}

/** What a run is recorded as. */
export interface CrdtResult extends SuiteResult {
  readonly traces: Traces['names']
}

const script = fileURLToPath(new URL('./worker.js', import.meta.url))
const GENERATED_EDITS = 60_000
/** Processes for figures that are about a process's first run. */
const FIRST_RUNS = 5
const MEMORY_RUNS = 3
const WORKER_TIMEOUT_MS = 300_000

/** Measures each benchmark that the rows need once, one after the other. */
export async function runRows(options: RunOptions): Promise<CrdtResult> {
  const startedAt = new Date()
  const cacheDirectory = mkdtempSync(join(tmpdir(), 'flowsync-bench-'))
  const workload: WorkloadOptions = {
    seed: options.seed,
    traces: options.traces.files,
    generatedEdits: GENERATED_EDITS,
    cacheDirectory,
  }
  try {
    const names = [...new Set(options.rows.map(({ benchmark }) => benchmark))]
    const outcomes = new Map<string, ReadonlyMap<PeerName, Outcome>>()
    for (const [index, name] of names.entries()) {
      options.onProgress(`${index + 1}/${names.length} ${name}`)
      const startedMs = performance.now()
      outcomes.set(name, await runBenchmark(name, workload, options))
      options.onProgress(`  ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
    }
    return {
      date: startedAt.toISOString(),
      seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
      machine: describeMachine(),
      versions: versionsOf(options.peers.map(packageOf).filter((name) => name !== undefined)),
      traces: options.traces.names,
      rows: options.rows.map((row) =>
        rowResult(row, outcomes.get(row.benchmark) ?? new Map<PeerName, Outcome>(), startedAt.toISOString()),
      ),
    }
  } finally {
    rmSync(cacheDirectory, { recursive: true, force: true })
  }
}

/** What its process takes to the first edit, and no more, is measured for these. */
const FIRST_EDITS = ['first-edit', 'first-edit-bundled']

async function runBenchmark(
  name: string,
  workload: WorkloadOptions,
  options: RunOptions,
): Promise<ReadonlyMap<PeerName, Outcome>> {
  const { runs, onProgress } = options
  const isFirst = FIRST_EDITS.includes(name)
  const peers = isFirst ? options.peers.filter((peer) => peer !== 'floor') : options.peers
  if (isAboutSize(name)) return measureSizes(name, peers)
  const benchmark = benchmarks.find((candidate) => candidate.name === name)
  const isMemory = benchmark?.measures === 'memory'
  const hot = !isFirst && !isMemory && benchmark?.isExact !== true
  const processes = isMemory ? MEMORY_RUNS : isFirst || benchmark?.processes === 'many' ? FIRST_RUNS : 1
  const bundles =
    name === 'first-edit-bundled' ? await bundleAdapters(peers, workload.cacheDirectory) : undefined
  return measure({
    peers,
    runs,
    processes,
    preparesAhead: benchmark?.preparesAhead === true,
    hot,
    start: (peer) => {
      const bundle = bundles?.get(peer)
      if (bundles && bundle === undefined) return absent('loads its WebAssembly from its package')
      return new WorkerProcess(script, { peer, benchmark: name, workload, bundle }, WORKER_TIMEOUT_MS)
    },
    onProgress: (peer, what) => onProgress(`  ${name} ${peer}: ${what}`),
  })
}

/** Stands for a worker that cannot. */
function absent(reason: string): Worker {
  const reply = () => Promise.resolve({ kind: 'lacks' as const, reason })
  return { ready: reply, run: reply, stop: () => undefined }
}
