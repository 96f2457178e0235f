import { describe, expect, it } from 'vitest'
import { createScenario } from './cluster-scenario.js'
import type { Step } from './scenario.js'

describe('createScenario', () => {
  it('draws the same run for the same seed, as plain JSON', () => {
    const scenario = createScenario(42)
    expect(createScenario(42)).toEqual(scenario)
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario)
    expect(createScenario(43)).not.toEqual(scenario)
  })

  it('reaches every kind of step within a few seeds, in the order of time', () => {
    const kinds = new Set<Step['kind']>()
    for (let seed = 1; seed <= 60; seed++) {
      const { steps, clients, streams } = createScenario(seed)
      for (const [index, step] of steps.entries()) {
        kinds.add(step.kind)
        expect(step.atMs).toBeGreaterThanOrEqual(steps[index - 1]?.atMs ?? 0)
        if ('client' in step) expect(step.client).toBeLessThan(clients.length)
      }
      expect(streams.length).toBeGreaterThan(0)
    }
    expect([...kinds].sort()).toMatchInlineSnapshot(`
      [
        "break",
        "close-stream",
        "crash-client",
        "crash-hub",
        "crash-hub-on",
        "cut-hub-off",
        "disturb-bus",
        "edit",
        "fill-client-disk",
        "fill-hub-disk",
        "go-offline",
        "go-online",
        "jump-clock",
        "lose-answer",
        "open-stream",
        "reload-client",
        "restart-hub",
        "slow-hub-disk",
        "stall",
        "token-outage",
        "truncate",
      ]
    `)
  })
})
