import type { System } from '@flowsync/protocol'

/** More than this between two looks is not time that passed but a clock that was set, or a machine that slept. */
const MAX_STEP_MS = 60_000

/**
 * The same system with a clock for durations: it starts at 0, never runs backwards, and jumps with no clock that is set.
 * Right as long as somebody looks at it now and then, as a timer does.
 */
export function withSteadyClock(system: System): System {
  let steadyMs = 0
  let lastMs = system.nowMs()
  return {
    random: () => system.random(),
    randomBytes: (length) => system.randomBytes(length),
    setTimer: (delayMs, fn) => system.setTimer(delayMs, fn),
    nowMs: () => {
      const nowMs = system.nowMs()
      const stepMs = nowMs - lastMs
      lastMs = nowMs
      if (stepMs > 0 && stepMs <= MAX_STEP_MS) steadyMs += stepMs
      return steadyMs
    },
  }
}
