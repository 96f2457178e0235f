import { describe, expect, it } from 'vitest'
import { createRunPlan } from './run-plan.js'

const options = { editCount: 20_000, clients: 3, offline: 0.2, kills: 3, seed: 1 }

describe('createRunPlan', () => {
  it('draws the same plan for the same seed', () => {
    expect(createRunPlan(options)).toEqual(createRunPlan(options))
    expect(createRunPlan(options)).not.toEqual(createRunPlan({ ...options, seed: 2 }))
  })

  it('has everybody offline for about the wanted share of the session', () => {
    const { offline, offlineSpells, stretchEdits } = createRunPlan({ ...options, clients: 50 })
    expect(offline).toHaveLength(40)
    expect(stretchEdits).toBe(500)
    const share = offline.flat().filter(Boolean).length / offline.flat().length
    expect(share).toBeGreaterThan(0.15)
    expect(share).toBeLessThan(0.25)
    expect(offline[0]).not.toContain(true)
    expect(offline.at(-1)).not.toContain(true)
    expect(offlineSpells).toBeGreaterThan(0)
    expect(offlineSpells).toBeLessThanOrEqual(offline.flat().filter(Boolean).length)
  })

  it('counts a spell of several stretches once', () => {
    const { offlineSpells } = createRunPlan({ ...options, offline: 1 })
    expect(offlineSpells).toBe(3)
  })

  it('keeps online who must be', () => {
    const { offline } = createRunPlan({ ...options, offline: 1, alwaysOnline: 2 })
    expect(offline[5]).toEqual([false, false, true])
  })

  it('kills within the session', () => {
    const { killsAt } = createRunPlan({ ...options, kills: 20 })
    expect(killsAt).toHaveLength(20)
    expect(killsAt).toEqual([...killsAt].sort((a, b) => a - b))
    expect(killsAt[0]).toBeGreaterThanOrEqual(1000)
    expect(killsAt.at(-1)).toBeLessThan(19_000)
  })

  it('copes with a session shorter than its stretches', () => {
    const plan = createRunPlan({ ...options, editCount: 3 })
    expect(plan.stretchEdits).toBe(1)
    expect(plan.offline).toHaveLength(3)
  })
})
