import { createRandom, type Random } from './random.js'
import { createSingleScenario, type Scenario, type SimulatedStream, type Step } from './scenario.js'

/**
 * Draws what happens in the run of a seed: that of one hub, on as many hubs as the seed has, which are cut off from each
 * other too and whose logs are compacted and truncated.
 */
export function createScenario(seed: number): Scenario {
  const single = createSingleScenario(seed)
  const random = createRandom(`cluster/${seed}`)
  const hubs = random.pick([1, 2, 2, 3])
  const compacts = random.chance(0.5)
  const steps = single.steps.map((step) => (isOfHub(step) ? { ...step, hub: random.int(hubs) } : step))
  if (hubs > 1 && random.chance(0.6)) steps.push(...drawCuts(random, single.healAtMs, hubs))
  if (compacts && random.chance(0.5))
    steps.push(...drawTruncations(random, single.healAtMs, hubs, single.streams))
  steps.sort((a, b) => a.atMs - b.atMs)
  const hubBusLossAfterHealing = hubs > 1 && random.chance(0.4) ? 1 : 0
  return { ...single, hubs, compacts, hubBusLossAfterHealing, steps }
}

function isOfHub({ kind }: Step): boolean {
  return kind.endsWith('-hub') || kind.endsWith('-hub-on') || kind.endsWith('-hub-disk')
}

function drawCuts(random: Random, beforeMs: number, hubs: number): Step[] {
  return Array.from({ length: random.between(1, 4) }, () => ({
    atMs: random.int(beforeMs),
    kind: 'cut-hub-off',
    hub: random.int(hubs),
    forMs: random.between(200, 12_000),
  }))
}

function drawTruncations(
  random: Random,
  beforeMs: number,
  hubs: number,
  streams: readonly SimulatedStream[],
): Step[] {
  return Array.from({ length: random.between(1, 4) }, () => ({
    atMs: random.int(beforeMs),
    kind: 'truncate',
    hub: random.int(hubs),
    stream: random.pick(streams),
  }))
}
