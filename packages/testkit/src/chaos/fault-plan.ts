import type { Random } from '../simulator/random.js'
import type { StoreKind } from './cluster.js'
import type { LinkMode } from './proxy-pipe.js'

/** What a fault happens to. */
type FaultTarget = 'hub' | 'all-hubs' | 'redis' | 'store' | 'author' | 'load'

interface FaultType {
  readonly target: FaultTarget
  /** How long it lasts; for servers that end, until they are started again. */
  readonly lowMs: number
  readonly highMs: number
  /** It needs a store that is a server, or a Redis, which comes with such a store. */
  readonly needsServers?: true
}

/** Every kind of fault. Redis is away for longer than a client may lag: clients must catch up without it. */
export const FAULTS = {
  'hub-kill': { target: 'hub', lowMs: 100, highMs: 3_000 },
  'hub-pause': { target: 'hub', lowMs: 500, highMs: 6_000 },
  'hub-drain': { target: 'hub', lowMs: 100, highMs: 2_000 },
  'rolling-restart': { target: 'all-hubs', lowMs: 0, highMs: 300 },
  'redis-kill': { target: 'redis', lowMs: 100, highMs: 10_000, needsServers: true },
  'redis-pause': { target: 'redis', lowMs: 500, highMs: 10_000, needsServers: true },
  'redis-flush': { target: 'redis', lowMs: 0, highMs: 0, needsServers: true },
  'redis-drop-clients': { target: 'redis', lowMs: 0, highMs: 0, needsServers: true },
  'store-restart': { target: 'store', lowMs: 0, highMs: 300, needsServers: true },
  'store-kill': { target: 'store', lowMs: 100, highMs: 2_500, needsServers: true },
  'store-pause': { target: 'store', lowMs: 500, highMs: 5_000, needsServers: true },
  'hub-redis-link': { target: 'hub', lowMs: 500, highMs: 10_000, needsServers: true },
  'hub-store-link': { target: 'hub', lowMs: 500, highMs: 5_000, needsServers: true },
  'author-link': { target: 'author', lowMs: 300, highMs: 6_000 },
  'author-offline': { target: 'author', lowMs: 500, highMs: 6_000 },
  'load-freeze': { target: 'load', lowMs: 500, highMs: 6_000 },
} as const satisfies Record<string, FaultType>

/** The name of a kind of fault. */
export type FaultKind = keyof typeof FAULTS

/** A fault that will happen. */
export interface PlannedFault {
  readonly kind: FaultKind
  /** From the beginning of the run. It waits for an earlier fault of the same target to be over. */
  readonly atMs: number
  readonly forMs: number
  /** Which hub, author or load process. */
  readonly number: number
  /** What a link does. */
  readonly mode: LinkMode | undefined
}

/** How long faults happen, and what there is to break. */
export interface FaultPlanOptions {
  readonly random: Random
  readonly seconds: number
  readonly store: StoreKind
  readonly hubs: number
  readonly authors: number
  readonly loads: number
}

/** Between two faults. They last longer than that now and then, and overlap. */
const GAP_MS = { low: 500, high: 2_600 } as const
/** Links fail in several ways, so they come up more often. */
const CARDS: Partial<Record<FaultKind, number>> = {
  'author-link': 4,
  'hub-redis-link': 2,
  'hub-store-link': 3,
  'hub-kill': 2,
}

/** Decides which faults come when. Each kind comes once before any comes again (links, which fail in many ways, more often). */
export function createFaultPlan({
  random,
  seconds,
  store,
  hubs,
  authors,
  loads,
}: FaultPlanOptions): PlannedFault[] {
  const kinds = (Object.keys(FAULTS) as FaultKind[]).filter(
    (kind) => store !== 'sqlite' || !('needsServers' in FAULTS[kind]),
  )
  const counts: Record<FaultTarget, number> = {
    hub: hubs,
    'all-hubs': 1,
    redis: 1,
    store: 1,
    author: authors,
    load: loads,
  }
  const plan: PlannedFault[] = []
  let deck: FaultKind[] = []
  for (
    let atMs = random.between(GAP_MS.low, GAP_MS.high);
    atMs < seconds * 1000;
    atMs += random.between(GAP_MS.low, GAP_MS.high)
  ) {
    if (deck.length === 0)
      deck = shuffle(
        kinds.flatMap((kind) => Array<FaultKind>(CARDS[kind] ?? 1).fill(kind)),
        random,
      )
    const kind = deck.pop() ?? 'hub-kill'
    const { target, lowMs, highMs } = FAULTS[kind]
    const mode = kind.endsWith('-link') ? drawMode(random) : undefined
    plan.push({ kind, atMs, forMs: random.between(lowMs, highMs), number: random.int(counts[target]), mode })
  }
  return plan
}

function drawMode(random: Random): LinkMode {
  const kind = random.pick(['cut', 'hold', 'hold', 'swallow', 'swallow', 'delay', 'throttle'] as const)
  switch (kind) {
    case 'hold':
      return { kind, direction: random.pick(['both', 'to-server', 'to-client'] as const) }
    case 'delay':
      return { kind, ms: random.between(20, 150) }
    case 'throttle':
      return { kind, bytesPerSecond: random.between(5_000, 50_000) }
    default:
      return { kind }
  }
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

/** A fault in a few words. */
export function describeFault({ kind, forMs, number, mode }: PlannedFault): string {
  const { target } = FAULTS[kind]
  const whose = target === 'hub' || target === 'author' || target === 'load' ? ` ${target} ${number}` : ''
  const how = mode ? `, ${describeMode(mode)}` : ''
  return `${kind}${whose}${how}${forMs > 0 ? ` for ${forMs} ms` : ''}`
}

function describeMode(mode: LinkMode): string {
  switch (mode.kind) {
    case 'hold':
      return mode.direction === 'both' ? 'partition' : `one-way partition ${mode.direction}`
    case 'swallow':
      return 'half open'
    case 'delay':
      return `delay of ${mode.ms} ms`
    case 'throttle':
      return `${mode.bytesPerSecond} bytes/s`
    default:
      return mode.kind
  }
}
