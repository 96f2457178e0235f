import { join } from 'node:path'
import type { Reaper } from '../servers/reaper.js'
import { createRandom } from '../simulator/random.js'
import { Cluster, type StoreKind } from './cluster.js'
import { Fleet } from './fleet.js'
import type { Ledger } from './ledger.js'
import type { AuthorConfig } from './load-messages.js'
import { nowMs } from './now.js'
import type { SpanRecorder } from './time-spans.js'

/** What to run, for how long, and by which seed. */
export interface ChaosOptions {
  readonly seconds: number
  readonly hubs: number
  /** Real clients; those who forge retries come on top. */
  readonly clients: number
  readonly store: StoreKind
  readonly seed: number
  /** Keeps the folder with logs and ledger when all is well, too. */
  readonly keep: boolean
  /** Told fault by fault. */
  readonly onProgress: (text: string) => void
  /** Ends the run at once. */
  readonly signal: AbortSignal
}

/** Those who push by hand, in every run. */
export const FORGERS = 2
const CLIENTS_PER_PROCESS = 2

/** One run under way. */
export interface ChaosRun {
  readonly options: ChaosOptions
  readonly folder: string
  readonly reaper: Reaper
  readonly ledger: Ledger
  readonly secret: string
  readonly violations: string[]
  readonly obstacles: ReadonlyMap<number, SpanRecorder>
  cluster?: Cluster
  fleet?: Fleet
}

/** How many processes the authors of a run live in. */
export function loadCount(clients: number): number {
  return Math.ceil(clients / CLIENTS_PER_PROCESS) + 1
}

/** Makes and starts all servers of a run. */
export async function startCluster(run: ChaosRun): Promise<Cluster> {
  const { options, folder, reaper, violations, secret } = run
  const { store, hubs, clients, seed, onProgress } = options
  const cluster = await Cluster.create(
    { store, hubs, authors: clients + FORGERS, secret, random: createRandom(seed).fork('routes') },
    {
      folder,
      reaper,
      onChange: () => noteObstacles(run),
      onCrash: (name, how) => {
        violations.push(`${name} ended by itself: ${how}; see ${join(folder, `${name}.log`)}`)
        onProgress(`VIOLATION ${violations.at(-1)}`)
        const server = run.cluster?.servers.find((candidate) => candidate.name === name)
        server?.start().catch((error: unknown) => violations.push(String(error)))
      },
    },
  )
  run.cluster = cluster
  await cluster.start()
  return cluster
}

/** Starts all authors of a run; they do not write yet. */
export async function startFleet(run: ChaosRun, cluster: Cluster): Promise<Fleet> {
  const { options, folder, reaper, ledger, secret, violations } = run
  const configs = cluster.authorLinks.map(({ proxy }, author): AuthorConfig => {
    const kind = author < options.clients ? 'client' : 'forger'
    return { author, kind, url: `http://127.0.0.1:${proxy.port}` }
  })
  const clients = configs.slice(0, options.clients)
  const fleet = new Fleet({
    authors: [
      ...Array.from({ length: Math.ceil(clients.length / CLIENTS_PER_PROCESS) }, (_, number) =>
        clients.slice(number * CLIENTS_PER_PROCESS, (number + 1) * CLIENTS_PER_PROCESS),
      ),
      configs.slice(options.clients),
    ],
    secret,
    seed: String(options.seed),
    folder,
    reaper,
    ledger,
    onChange: () => noteObstacles(run),
    onProblem: (problem) => {
      violations.push(problem)
      options.onProgress(`VIOLATION ${problem}`)
    },
  })
  run.fleet = fleet
  await fleet.start()
  return fleet
}

function noteObstacles({ obstacles, cluster, fleet }: ChaosRun): void {
  if (!cluster) return
  for (const [author, recorder] of obstacles) {
    recorder.note(cluster.isObstructed(author) || fleet?.isAbsent(author) === true, nowMs())
  }
}
