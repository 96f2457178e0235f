import type { Scenario, Step } from './scenario.js'

/**
 * Takes steps out of a failing scenario as long as it still fails: first large parts, then single steps
 * (delta debugging, Zeller 1999). What remains is the shortest story found, not the shortest there is.
 *
 * @param fails runs a scenario and tells whether it fails
 * @param onProgress told of every smaller scenario that still fails
 */
export async function shrinkScenario(
  scenario: Scenario,
  fails: (scenario: Scenario) => Promise<boolean>,
  onProgress: (scenario: Scenario) => void = () => undefined,
): Promise<Scenario> {
  let best = scenario
  let partSize = Math.ceil(best.steps.length / 2)
  for (;;) {
    let isSmaller = false
    for (let start = 0; start < best.steps.length;) {
      const candidate = { ...best, steps: without(best.steps, start, partSize) }
      if (await fails(candidate)) {
        best = candidate
        isSmaller = true
        onProgress(best)
      } else {
        start += partSize
      }
    }
    if (partSize > 1) partSize = Math.ceil(partSize / 2)
    else if (!isSmaller) return best
  }
}

function without(steps: readonly Step[], start: number, count: number): readonly Step[] {
  return [...steps.slice(0, start), ...steps.slice(start + count)]
}
