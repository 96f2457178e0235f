import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { socketTransport } from '@flowsync/core'
import { FlowSyncError } from '@flowsync/crdt'
import { describeDifference, hasSameCharacters } from './compare-texts.js'
import { Horizon } from './horizon.js'
import { HubProcess } from './hub-process.js'
import { LatencyRecorder } from './latency.js'
import { replayConcurrent } from './replay-concurrent.js'
import { replaySequential } from './replay-sequential.js'
import { ReplicaClient } from './replica-client.js'
import { createRunPlan } from './run-plan.js'
import { countEdits, type Session } from './session.js'
import { StallWatch } from './stall-watch.js'

/** Without any progress for this long, a replay is given up. */
const STALL_LIMIT_MS = 30_000

export interface ReplayOptions {
  readonly session: Session
  /** At least 1, or 2 for a concurrent session; the first ones type, the others follow. */
  readonly clients: number
  /** Probability, per stretch of the session, that a client is offline. */
  readonly offline: number
  /** How many times the hub is killed. */
  readonly kills: number
  readonly seed: string | number
  /** Told in words, once a second. */
  readonly onProgress?: (text: string) => void
}

/** What came out of a replay. */
export interface ReplayResult {
  /** Everybody and the hub ended with the session's text. */
  readonly ok: boolean
  readonly clients: number
  readonly edits: number
  /** From the first edit until everybody had caught up. */
  readonly seconds: number
  readonly editsPerSecond: number
  /**
   * From typing an edit to its acknowledgement, durable on the hub, over the edits typed while their typist was online;
   * waiting for a killed hub counts. A typist types as fast as it can with 2,000 edits under way.
   */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly kills: number
  readonly offlineSpells: number
  /** What was wrong; empty when `ok`. */
  readonly problems: readonly string[]
}

/** One replay under way. */
interface Run {
  readonly options: ReplayOptions
  readonly hub: HubProcess
  readonly clients: readonly ReplicaClient[]
  /** One for each of two who type at once. */
  readonly horizons: readonly Horizon[]
  readonly latency: LatencyRecorder
  readonly watch: StallWatch
  readonly problems: string[]
  typed: number
  kills: number
  restarts: Promise<void>
}

/**
 * Plays a session through a hub process and real clients, and compares what everybody ends with.
 * @throws FlowSyncError `config/invalid` for kills during a concurrent session
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  if (options.session.kind === 'concurrent' && options.kills > 0) {
    throw new FlowSyncError(
      'config/invalid',
      'A concurrent session is typed on exactly what its authors saw, which a reconnect would change: replay it without kills.',
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'flowsync-replay-'))
  const hub = await HubProcess.start({
    database: join(folder, 'hub.db'),
    secret: randomBytes(32).toString('hex'),
  })
  const horizons = options.session.kind === 'concurrent' ? [new Horizon(), new Horizon()] : []
  const clients = Array.from({ length: Math.max(options.clients, horizons.length) }, (_, number) => {
    const transport = socketTransport()
    return new ReplicaClient(`client${number}`, hub, horizons[number]?.wrap(transport) ?? transport)
  })
  const run: Run = {
    options,
    hub,
    clients,
    horizons,
    latency: new LatencyRecorder(),
    watch: new StallWatch(STALL_LIMIT_MS, () => describe(run)),
    problems: [],
    typed: 0,
    kills: 0,
    restarts: Promise.resolve(),
  }
  try {
    return await play(run)
  } finally {
    run.watch.end()
    await Promise.all(clients.map((client) => client.close()))
    await run.restarts
    await hub.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function play(run: Run): Promise<ReplayResult> {
  const { options, clients, latency, problems, watch } = run
  const { session, offline, kills, seed } = options
  const plan = createRunPlan({
    editCount: countEdits(session),
    clients: clients.length,
    offline,
    kills,
    alwaysOnline: run.horizons.length,
    seed,
  })
  const orStalled = <T>(promise: Promise<T>): Promise<T> => Promise.race([promise, watch.stalled])

  const ticker = setInterval(() => options.onProgress?.(describe(run)), 1_000)
  let startedMs = performance.now()
  let endedMs: number | undefined
  try {
    await orStalled(Promise.all(clients.map((client) => client.whenReady())))
    startedMs = performance.now()
    await orStalled(type(run, plan))
    for (const client of clients) client.setOnline(true)
    await orStalled(run.restarts)
    await orStalled(Promise.all(clients.map((client) => client.whenSent())))
    const expected = session.kind === 'sequential' ? session.endContent : await run.hub.readText()
    await orStalled(Promise.all(clients.map((client) => client.whenShowing(expected))))
    endedMs = performance.now()
    await compare(run, expected)
  } catch (error) {
    problems.push(String(error))
  } finally {
    clearInterval(ticker)
  }
  const seconds = ((endedMs ?? performance.now()) - startedMs) / 1000

  return {
    ok: problems.length === 0,
    clients: clients.length,
    edits: run.typed,
    seconds: round(seconds),
    editsPerSecond: Math.round(run.typed / seconds),
    p50Ms: latency.percentile(0.5),
    p99Ms: latency.percentile(0.99),
    kills: run.kills,
    offlineSpells: plan.offlineSpells,
    problems,
  }
}

function type(run: Run, plan: ReturnType<typeof createRunPlan>): Promise<void> {
  const { clients, latency, hub, options } = run
  const common = {
    clients,
    plan,
    latency,
    killHub: (): void => {
      run.restarts = run.restarts.then(async () => {
        run.kills++
        await hub.killAndRestart()
      })
      run.restarts.catch((error: unknown) => run.problems.push(String(error)))
    },
    onTyped: (edits: number): void => {
      run.typed = edits
    },
  }
  const [first, second] = run.horizons
  if (options.session.kind === 'sequential') return replaySequential({ ...common, session: options.session })
  if (!first || !second) throw new RangeError('A concurrent session needs two horizons.')
  return replayConcurrent({ ...common, session: options.session, horizons: [first, second] })
}

async function compare({ clients, hub, problems, options }: Run, expected: string): Promise<void> {
  for (const client of clients) {
    const difference = describeDifference(client.text, expected)
    if (difference !== undefined) problems.push(`${client.name}: ${difference}`)
  }
  const onHub = describeDifference(await hub.readText(), expected)
  if (onHub !== undefined) problems.push(`hub: ${onHub}`)
  if (!hasSameCharacters(expected, options.session.endContent)) {
    problems.push(
      `everybody: other characters than the recording: ${describeDifference(expected, options.session.endContent)}`,
    )
  }
}

function describe({ options, clients, typed, kills }: Run): string {
  const typists = `${typed} of ${countEdits(options.session)} edits typed`
  return `${typists}; ${clients.map((client) => client.describe()).join('; ')}; ${kills} kills`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
