import { describe, expect, it } from 'vitest'
import { formatFailure } from '../cli/sim-report.js'
import type { Sabotage } from './environment.js'
import { REGRESSIONS } from './regressions.js'
import { runScenario, type RunReport } from './run-scenario.js'
import { createScenario } from './cluster-scenario.js'
import { createSingleScenario, type Scenario } from './scenario.js'

const SEEDS = 200
const SEEDS_PER_TEST = 25
const LIMIT_MS = 60_000

async function expectToPass(scenario: Scenario): Promise<RunReport> {
  const report = await runScenario(scenario)
  if (!report.ok) throw new Error(formatFailure(report))
  return report
}

describe('what FlowSync promises, under faults', () => {
  for (let first = 1; first <= SEEDS; first += SEEDS_PER_TEST) {
    const last = first + SEEDS_PER_TEST - 1
    it(`holds for seeds ${first} to ${last}`, { timeout: LIMIT_MS }, async () => {
      let acknowledged = 0
      for (let seed = first; seed <= last; seed++) {
        acknowledged += (await expectToPass(createScenario(seed))).acknowledged
      }
      expect(acknowledged).toBeGreaterThan(SEEDS_PER_TEST * 20)
    })
  }

  for (const { seed, found } of REGRESSIONS) {
    it(`holds for seed ${seed}: ${found}`, { timeout: LIMIT_MS }, () =>
      expectToPass(createSingleScenario(seed)),
    )
  }
})

describe('a simulated run', () => {
  it('is the same for the same seed, to the last event', { timeout: LIMIT_MS }, async () => {
    for (const seed of [1, 2, 3]) {
      const first = await runScenario(createScenario(seed))
      const second = await runScenario(createScenario(seed))
      expect(second.digest).toBe(first.digest)
      expect(second.trace).toEqual(first.trace)
    }
    const [one, two] = [await runScenario(createScenario(1)), await runScenario(createScenario(2))]
    expect(one.digest).not.toBe(two.digest)
  })
})

describe('the checks of a run notice', () => {
  /** Runs seeds until the sabotage shows. */
  async function problemsOf(sabotage: Sabotage): Promise<string> {
    for (let seed = 1; seed <= 40; seed++) {
      const { problems } = await runScenario(createScenario(seed), sabotage)
      if (problems.length > 0) return problems.join('\n')
    }
    return 'nothing'
  }

  it.each<[Sabotage, RegExp]>([
    ['hub-disk-lies', /G1: .* was acknowledged at seq/],
    ['client-disks-lie', /G2: .* was saved and never took effect/],
    ['client-folds-otherwise', /G3: client0 counter:a shows/],
    ['pulls-are-lost', /G4: /],
  ])('%s', { timeout: LIMIT_MS }, async (sabotage, expected) => {
    expect(await problemsOf(sabotage)).toMatch(expected)
  })
})
