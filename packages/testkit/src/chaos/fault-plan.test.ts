import { describe, expect, it } from 'vitest'
import { createRandom } from '../simulator/random.js'
import { createFaultPlan, describeFault, FAULTS, type FaultPlanOptions } from './fault-plan.js'

const options = (seed: number): FaultPlanOptions => {
  return { random: createRandom(seed), seconds: 120, store: 'postgres', hubs: 3, authors: 10, loads: 5 }
}

describe('createFaultPlan', () => {
  it('is decided by the seed', () => {
    expect(createFaultPlan(options(1))).toEqual(createFaultPlan(options(1)))
    expect(createFaultPlan(options(1))).not.toEqual(createFaultPlan(options(2)))
  })

  it('has every kind of fault, within its bounds', () => {
    const plan = createFaultPlan(options(3))
    expect(new Set(plan.map(({ kind }) => kind)).size).toBe(Object.keys(FAULTS).length)
    for (const fault of plan) {
      const { lowMs, highMs } = FAULTS[fault.kind]
      expect(fault.forMs).toBeGreaterThanOrEqual(lowMs)
      expect(fault.forMs).toBeLessThanOrEqual(highMs)
      expect(fault.atMs).toBeLessThan(120_000)
      expect(fault.mode !== undefined).toBe(fault.kind.endsWith('-link'))
      expect(describeFault(fault)).toContain(fault.kind)
    }
  })

  it('leaves a store alone that is a file', () => {
    const plan = createFaultPlan({ ...options(4), store: 'sqlite', hubs: 1 })
    expect(plan.filter(({ kind }) => kind.includes('store'))).toEqual([])
  })
})
