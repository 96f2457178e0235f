import { createRandom, type Random } from './random.js'

/** The streams of every run and the rule of each, by its name in `defineStreams`. */
const SIMULATED_STREAMS = [
  'doc:a',
  'doc:b',
  'counter:a',
  'tags:a',
  'once:a',
  'title:a',
  'siblings:a',
  'chat:a',
] as const

/** A stream of the simulation. */
export type SimulatedStream = (typeof SIMULATED_STREAMS)[number]

/** When a hub shall crash: as a write begins, as it has been stored, or as its answer is about to leave. */
export type CrashMoment = 'append' | 'stored' | 'answer'

/** How many edits one step may make. */
export const MAX_EDITS_PER_STEP = 12

/**
 * One thing that is done to the world at a virtual time. `client` is the number of a device; `salt` is used once in a
 * scenario, and what exactly is edited depends on it and on the value at that moment.
 */
export type Step = { readonly atMs: number } & (
  | {
      readonly kind: 'edit'
      readonly client: number
      readonly stream: SimulatedStream
      readonly salt: number
      readonly count: number
    }
  | { readonly kind: 'go-offline' | 'go-online' | 'break' | 'lose-answer'; readonly client: number }
  | {
      readonly kind: 'close-stream' | 'open-stream'
      readonly client: number
      readonly stream: SimulatedStream
    }
  | {
      readonly kind: 'stall'
      readonly client: number
      readonly directions: 'up' | 'down' | 'both'
      readonly forMs: number
    }
  | { readonly kind: 'crash-client'; readonly client: number; readonly downMs: number }
  | { readonly kind: 'reload-client'; readonly client: number; readonly downMs: number }
  | { readonly kind: 'fill-client-disk'; readonly client: number; readonly forMs: number }
  | { readonly kind: 'jump-clock'; readonly client: number; readonly byMs: number }
  | { readonly kind: 'token-outage'; readonly client: number; readonly forMs: number }
  | {
      readonly kind: 'crash-hub'
      readonly hub?: number
      readonly isPowerLoss: boolean
      readonly downMs: number
    }
  | {
      readonly kind: 'crash-hub-on'
      readonly hub?: number
      readonly moment: 'append' | 'stored' | 'answer'
      readonly downMs: number
    }
  | { readonly kind: 'restart-hub'; readonly hub?: number; readonly downMs: number }
  | {
      readonly kind: 'slow-hub-disk' | 'fill-hub-disk'
      readonly hub?: number
      readonly forMs: number
    }
  | { readonly kind: 'cut-hub-off'; readonly hub: number; readonly forMs: number }
  | { readonly kind: 'truncate'; readonly hub: number; readonly stream: SimulatedStream }
  | { readonly kind: 'disturb-bus'; readonly loss: number; readonly delayMs: number; readonly forMs: number }
)

/** A client of a run. */
export interface SimulatedClient {
  /** How far its clock is off. */
  readonly clockOffsetMs: number
  /** It is another tab of this client's browser: the same user, the same disk, the same locks. */
  readonly tabOf?: number
  /** Its user may read and not write. */
  readonly isReader: boolean
  /** The longest that a frame takes between it and the hub. */
  readonly latencyMs: number
}

/** What a run consists of: plain JSON, so that it can be printed, cut down and run again. */
export interface Scenario {
  readonly seed: number
  readonly clients: readonly SimulatedClient[]
  readonly streams: readonly SimulatedStream[]
  /** What every inserted text is made longer by: long ones need several frames, and checkpoints. */
  readonly padding: number
  /** How long a token is valid. */
  readonly tokenTtlMs: number
  /** Share of publications that never arrive, faults or not: even when the bus never comes back, nothing is missed. */
  readonly busLossAfterHealing: number
  /** How many hubs share the storage. */
  readonly hubs: number
  /** Whether they compact logs in the background. */
  readonly compacts: boolean
  /** As {@link busLossAfterHealing}, between hubs. */
  readonly hubBusLossAfterHealing: number
  /** Faults end here; edits may come later, and then liveness is checked. */
  readonly healAtMs: number
  readonly steps: readonly Step[]
}

const TEN_YEARS_MS = 10 * 365.25 * 24 * 3_600_000

/** Kinds of faults that a run has or has not: runs with few kinds reach states that runs with all of them never do. */
const FAULTS = [
  'offline',
  'break',
  'lose-answer',
  'stall',
  'crash-client',
  'reload-client',
  'fill-client-disk',
  'jump-clock',
  'token-outage',
  'crash-hub',
  'crash-hub-on',
  'restart-hub',
  'slow-hub-disk',
  'fill-hub-disk',
  'disturb-bus',
  'close-stream',
] as const

type Fault = (typeof FAULTS)[number]

/** Draws what happens in the run of a seed that has one hub, which keeps its log as it is written. */
export function createSingleScenario(seed: number): Scenario {
  const random = createRandom(`scenario/${seed}`)
  const clients = drawClients(random)
  const streams = drawSome(random, SIMULATED_STREAMS)
  const faults = FAULTS.filter(() => random.chance(0.5))
  const faultPhaseMs = random.between(6_000, 25_000)
  const steps: Step[] = []

  const healAtMs = faultPhaseMs + 1_000
  let salt = 0
  const addEdit = (atMs: number, client: number): void => {
    const count = random.chance(0.2) ? random.between(2, MAX_EDITS_PER_STEP) : 1
    steps.push({ atMs, kind: 'edit', client, stream: random.pick(streams), salt: ++salt, count })
  }
  const someClient = (): number => random.int(clients.length)

  for (let left = random.between(25, 110); left > 0; left--) addEdit(random.int(faultPhaseMs), someClient())
  // The last ones find the world whole, but for what some seeds keep broken.
  for (let left = random.between(0, 6); left > 0; left--) addEdit(healAtMs + random.int(1_500), someClient())
  for (const fault of faults) {
    for (let left = random.between(1, 6); left > 0; left--) {
      const drawn = drawFault(fault, random, clients.length, streams, random.int(faultPhaseMs))
      steps.push(...drawn)
      // Some edit at once after they are back, while what is stored is still being read.
      for (const step of drawn) {
        const isBack = step.kind === 'crash-client' || step.kind === 'reload-client'
        if (isBack && random.chance(0.5)) addEdit(step.atMs + step.downMs + random.between(1, 8), step.client)
      }
    }
  }
  steps.sort((a, b) => a.atMs - b.atMs)

  return {
    seed,
    clients,
    streams,
    padding: random.chance(0.06) ? random.between(1_000, 6_000) : 0,
    tokenTtlMs: random.chance(0.4) ? random.between(8_000, 20_000) : 3_600_000,
    busLossAfterHealing: random.chance(0.4) ? 1 : 0,
    hubs: 1,
    compacts: false,
    hubBusLossAfterHealing: 0,
    healAtMs,
    steps,
  }
}

function drawClients(random: Random): SimulatedClient[] {
  const clients: SimulatedClient[] = []
  for (let count = random.between(2, 5); count > 0; count--) {
    clients.push({
      clockOffsetMs: drawClockOffset(random),
      isReader: clients.length > 1 && random.chance(0.1),
      latencyMs: random.pick([5, 20, 20, 100, 300]),
    })
  }
  const tabOf = random.int(clients.length)
  const first = clients[tabOf]
  if (first && random.chance(0.4)) clients.push({ ...first, tabOf })
  return clients
}

function drawFault(
  fault: Fault,
  random: Random,
  clientCount: number,
  streams: readonly SimulatedStream[],
  atMs: number,
): Step[] {
  const client = random.int(clientCount)
  const forMs = Math.round(random.next() ** 2 * 9_000) + 200
  const downMs = Math.round(random.next() ** 2 * 5_000) + 50
  switch (fault) {
    case 'offline':
      return [
        { atMs, kind: 'go-offline', client },
        { atMs: atMs + forMs, kind: 'go-online', client },
      ]
    case 'break':
    case 'lose-answer':
      return [{ atMs, kind: fault, client }]
    case 'stall':
      return [{ atMs, kind: fault, client, directions: random.pick(['up', 'down', 'both'] as const), forMs }]
    case 'crash-client':
    case 'reload-client':
      return [{ atMs, kind: fault, client, downMs }]
    case 'fill-client-disk':
    case 'token-outage':
      return [{ atMs, kind: fault, client, forMs }]
    case 'jump-clock':
      return [{ atMs, kind: fault, client, byMs: drawClockOffset(random) }]
    case 'crash-hub':
      return [{ atMs, kind: fault, isPowerLoss: random.chance(0.3), downMs }]
    case 'crash-hub-on':
      return [{ atMs, kind: fault, moment: random.pick(['append', 'stored', 'answer'] as const), downMs }]
    case 'restart-hub':
      return [{ atMs, kind: fault, downMs }]
    case 'slow-hub-disk':
    case 'fill-hub-disk':
      return [{ atMs, kind: fault, forMs }]
    case 'disturb-bus':
      return [
        {
          atMs,
          kind: fault,
          loss: random.pick([0.2, 0.6, 1]),
          delayMs: random.pick([0, 50, 2_000]),
          forMs: forMs * 2,
        },
      ]
    case 'close-stream': {
      const stream = random.pick(streams)
      return [
        { atMs, kind: 'close-stream', client, stream },
        { atMs: atMs + forMs, kind: 'open-stream', client, stream },
      ]
    }
  }
}

function drawClockOffset(random: Random): number {
  const kind = random.int(4)
  if (kind === 0) return 0
  if (kind === 1) return random.between(-5_000, 5_000)
  if (kind === 2) return random.between(-24 * 3_600_000, 24 * 3_600_000)
  return Math.round((random.next() * 2 - 1) * TEN_YEARS_MS)
}

/** A random part of `items`, at least one, in their order. */
function drawSome<T>(random: Random, items: readonly T[]): T[] {
  const some = items.filter(() => random.chance(0.5))
  return some.length > 0 ? some : [random.pick(items)]
}
