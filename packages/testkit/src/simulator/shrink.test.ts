import { describe, expect, it } from 'vitest'
import { createScenario } from './cluster-scenario.js'
import { shrinkScenario } from './shrink.js'

describe('shrinkScenario', () => {
  it('finds the steps that matter', async () => {
    const scenario = createScenario(3)
    const wanted = [scenario.steps[5], scenario.steps[20], scenario.steps.at(-1)]
    let runs = 0
    const smallest = await shrinkScenario(scenario, async ({ steps }) => {
      runs++
      return wanted.every((step) => step !== undefined && steps.includes(step))
    })
    expect(smallest.steps).toEqual(wanted)
    expect(runs).toBeLessThan(scenario.steps.length * 3)
  })

  it('takes everything out when nothing matters', async () => {
    const smallest = await shrinkScenario(createScenario(4), async () => true)
    expect(smallest.steps).toEqual([])
  })
})
