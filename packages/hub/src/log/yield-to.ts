import type { System } from '@flowsync/protocol'

/** Lets everything else that is due run first. */
export function yieldTo(system: System): Promise<void> {
  return new Promise((resolve) => {
    system.setTimer(0, resolve)
  })
}
