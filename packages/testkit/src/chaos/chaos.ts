import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FlowSyncError } from '@flowsync/crdt'
import { Reaper } from '../servers/reaper.js'
import { createRandom } from '../simulator/random.js'
import {
  FORGERS,
  loadCount,
  startCluster,
  startFleet,
  type ChaosOptions,
  type ChaosRun,
} from './chaos-run.js'
import type { Cluster, StoreKind } from './cluster.js'
import { createFaultPlan, type FaultKind, type PlannedFault } from './fault-plan.js'
import { FaultRunner } from './fault-runner.js'
import type { Fleet } from './fleet.js'
import { DRAIN_LIMIT_MS, judge, type Judgement } from './judge.js'
import { Ledger } from './ledger.js'
import { streamsOf } from './marks.js'
import { nowMs } from './now.js'
import { readStreamLog, type StreamLog } from './stream-log.js'
import { SpanRecorder } from './time-spans.js'
import { whenDrained } from './when-drained.js'

/** What came out of a run. */
export interface ChaosResult {
  readonly ok: boolean
  readonly seed: number
  readonly seconds: number
  readonly hubs: number
  readonly store: StoreKind
  readonly clients: number
  /** How many faults of each kind there were. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  /** Marked edits that were made. */
  readonly made: number
  /** Different ops that the hubs acknowledged over the wire; removals are among them. */
  readonly acked: number
  readonly lost: number
  readonly doubled: number
  readonly diverged: number
  /** From when everything was well again until nothing waited anywhere and all had caught up; null when that took too long. */
  readonly drainedInMs: number | null
  /** The longest time that a connected client did not show what was acknowledged, while nothing was in its way. */
  readonly longestLagMs: number
  /** Whose lag that was. */
  readonly longestLagWhere: string
  /** The longest time that a client stayed away from its hubs, while nothing was in its way. */
  readonly longestAwayMs: number
  /** In what part of their time clients were connected with nothing in their way, 0 to 1. */
  readonly watchedShare: number
  /** How many changes clients were shown and the history checker has looked at. */
  readonly observations: number
  readonly violations: readonly string[]
  /** Where logs and ledger are, when they were kept. */
  readonly folder?: string
}

/**
 * Runs hubs, their store, Redis and clients as processes, breaks them at random, heals them, and compares what was promised with what is
 * there. The seed decides which faults come, in which order and for how long; what they meet is up to the machine.
 * @throws FlowSyncError when it cannot be run: `config/invalid` for missing programs, or what broke outside of what is tested
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const folder = await mkdtemp(join(tmpdir(), 'flowsync-chaos-'))
  // A database server that runs as somebody else must get through to its own folder.
  await chmod(folder, 0o755)
  const authors = Array.from({ length: options.clients + FORGERS }, (_, author) => author)
  const run: ChaosRun = {
    options,
    folder,
    reaper: new Reaper(),
    ledger: new Ledger(join(folder, 'ledger.jsonl')),
    secret: randomBytes(32).toString('hex'),
    violations: [],
    obstacles: new Map(authors.map((author) => [author, new SpanRecorder()])),
  }
  let isKept = true
  try {
    const result = await orAborted(play(run), options.signal)
    isKept = options.keep || !result.ok
    await writeFile(join(folder, 'result.json'), JSON.stringify(result, undefined, 2))
    return isKept ? { ...result, folder } : result
  } catch (error) {
    isKept = !options.signal.aborted
    if (isKept) options.onProgress(`what was written is in ${folder}`)
    throw error
  } finally {
    await run.fleet?.stop()
    await run.cluster?.stop()
    await run.ledger.close()
    await run.reaper.close()
    if (!isKept) await rm(folder, { recursive: true, force: true })
  }
}

async function play(run: ChaosRun): Promise<ChaosResult> {
  const { options } = run
  const cluster = await startCluster(run)
  const fleet = await startFleet(run, cluster)
  const { hubs, store, clients, seed } = options
  options.onProgress(
    `${hubs} hubs on ${store}, ${clients} clients and ${FORGERS} forgers; seed ${seed}; ${run.folder}`,
  )
  const startMs = nowMs()
  const say = (text: string): void =>
    options.onProgress(`${((nowMs() - startMs) / 1000).toFixed(1).padStart(6)} s  ${text}`)
  const onProblem = (problem: string): void => {
    run.violations.push(problem)
    say(`VIOLATION ${problem}`)
  }
  const runner = new FaultRunner({ cluster, fleet, say, onProblem })
  fleet.write()
  await runner.run(planOf(options), options.seconds)
  fleet.rest()
  say('no more edits; healing')
  await runner.heal()
  await cluster.start()
  const healedMs = nowMs()
  say('everything serves again')
  const drainedInMs = await whenDrained(fleet, run.ledger, DRAIN_LIMIT_MS)
  if (drainedInMs === undefined) {
    const words = fleet.authorStatuses.map((status) => status.words).join('; ')
    onProblem(`G17: not everything was delivered ${DRAIN_LIMIT_MS / 1000} s after healing: ${words}`)
  } else say(`drained in ${Math.round(drainedInMs)} ms`)
  const endMs = drainedInMs === undefined ? nowMs() : healedMs + drainedInMs
  await fleet.finish()
  await cluster.stopHubs()
  const judgement = judge({
    ledger: run.ledger,
    logs: await readLogs(cluster, clients + FORGERS),
    results: fleet.results,
    obstacles: new Map([...run.obstacles].map(([author, recorder]) => [author, recorder.spans(endMs)])),
    isDrained: drainedInMs !== undefined,
    startMs,
    endMs,
  })
  run.violations.push(...judgement.problems)
  return resultOf(run, fleet, { judgement, faults: runner.counts, drainedInMs })
}

function planOf({ seed, seconds, store, hubs, clients }: ChaosOptions): PlannedFault[] {
  const random = createRandom(seed).fork('faults')
  return createFaultPlan({
    random,
    seconds,
    store,
    hubs,
    authors: clients + FORGERS,
    loads: loadCount(clients),
  })
}

interface Outcome {
  readonly judgement: Judgement
  readonly faults: ChaosResult['faults']
  readonly drainedInMs: number | undefined
}

function resultOf(
  { options, ledger, violations }: ChaosRun,
  fleet: Fleet,
  { judgement, faults, drainedInMs }: Outcome,
): ChaosResult {
  const { seed, seconds, hubs, store, clients } = options
  const { lost, doubled, diverged, lag } = judgement
  const events = [...fleet.results.values()].flatMap(({ history }) => history.events)
  return {
    ok: violations.length === 0,
    seed,
    seconds,
    hubs,
    store,
    clients,
    faults,
    made: ledger.madeCount,
    acked: ledger.ackedCount,
    lost,
    doubled,
    diverged,
    drainedInMs: drainedInMs === undefined ? null : Math.round(drainedInMs),
    longestLagMs: Math.round(lag.longestMs),
    longestLagWhere: lag.where,
    longestAwayMs: Math.round(lag.longestAwayMs),
    watchedShare: Math.round(lag.watchedShare * 1000) / 1000,
    observations: events.filter(({ kind }) => kind === 'see').length,
    violations,
  }
}

async function readLogs(cluster: Cluster, authors: number): Promise<StreamLog[]> {
  const driver = await cluster.openStore()
  try {
    return await Promise.all(streamsOf(authors).map((stream) => readStreamLog(driver, stream)))
  } finally {
    await driver.close()
  }
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new FlowSyncError('client/closed', 'The run was interrupted.'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
