import { describeError, type Sabotage } from './environment.js'
import { checkFinalState } from './final-checks.js'
import { checkLiveness, type Recovery } from './liveness.js'
import { checkReloads } from './reload-checks.js'
import type { Scenario } from './scenario.js'
import { performStep } from './steps.js'
import { World } from './world.js'

/** What came out of one simulated run. */
export interface RunReport {
  readonly seed: number
  readonly ok: boolean
  /** What was seen that must never be, in order; empty when `ok`. */
  readonly problems: readonly string[]
  /** SHA-256 of everything that happened: the same for the same scenario, always. */
  readonly digest: string
  readonly events: number
  readonly edits: number
  readonly acknowledged: number
  readonly hubCrashes: number
  readonly recovery: Recovery
  /** The last things that happened, oldest first. */
  readonly trace: readonly string[]
}

const FRAMES_MS = 50

/**
 * Runs a scenario: faults first, with safety checked all along, then healing, liveness and a last comparison.
 * @param sabotage something to break on purpose, which the checks must notice
 */
export async function runScenario(scenario: Scenario, sabotage?: Sabotage): Promise<RunReport> {
  const world = new World(scenario, sabotage)
  const onRejection = (error: unknown): void => world.report(`unhandled rejection: ${describeError(error)}`)
  process.on('unhandledRejection', onRejection)
  try {
    for (const hub of world.hubs) hub.start()
    for (const device of world.devices) device.start()
    for (const step of scenario.steps) {
      if (step.atMs >= scenario.healAtMs && step.kind !== 'edit') continue
      world.scheduler.schedule(step.atMs, step.kind, () => performStep(world, step))
    }
    await world.scheduler.runUntil(scenario.healAtMs)

    heal(world, scenario)
    const edits = scenario.steps.filter(({ kind }) => kind === 'edit')
    await world.scheduler.runUntil(Math.max(scenario.healAtMs, edits.at(-1)?.atMs ?? 0))
    const recovery = await checkLiveness(world, scenario.streams)
    // Listeners are told at most once a frame.
    await world.scheduler.runUntil(world.scheduler.nowMs + FRAMES_MS)
    try {
      checkFinalState(world, scenario.streams)
    } catch (error) {
      world.report(`the log cannot be folded: ${describeError(error)}`)
    }
    await checkReloads(world, scenario.streams)
    return {
      seed: scenario.seed,
      ok: world.problems.length === 0,
      problems: world.problems,
      digest: world.log.digest(),
      events: world.scheduler.eventCount,
      edits: world.ledger.all.length,
      acknowledged: world.ledger.all.filter(({ ackedSeq }) => ackedSeq !== undefined).length,
      hubCrashes: world.hubs.reduce((sum, { crashCount }) => sum + crashCount, 0),
      recovery,
      trace: world.log.tail(),
    }
  } finally {
    process.off('unhandledRejection', onRejection)
    world.end()
  }
}

/** Ends every fault but the loss on the bus, has everybody running and online with all streams, and somebody new join. */
function heal(world: World, { streams, busLossAfterHealing, hubBusLossAfterHealing }: Scenario): void {
  world.log.write('scenario', 'everything heals')
  world.isHealed = true
  world.network.heal()
  world.bus.restart(busLossAfterHealing)
  world.hubBus.restart(hubBusLossAfterHealing)
  world.tokens.outages.clear()
  for (const hub of world.hubs) hub.heal()
  for (const device of world.devices) {
    device.browser.disk.isFull = false
    device.start()
    for (const stream of streams) device.openStream(stream)
    device.goOnline()
  }
  world.addDevice(streams)
}
