import { FlowSyncError } from '@flowsync/crdt'

/** Resolves after so many milliseconds, or at once when the signal is given. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end, { once: true })
    function end(): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
  })
}

/** Whether a condition that is looked at again and again comes to hold within `limitMs`. */
export async function comesTrue(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  everyMs = 50,
): Promise<boolean> {
  const deadlineMs = performance.now() + limitMs
  while (!(await condition())) {
    if (performance.now() > deadlineMs) return false
    await pause(everyMs)
  }
  return true
}

/**
 * Resolves once a condition holds.
 * @throws FlowSyncError `network/timeout` with `what` when it does not within `limitMs`
 */
export async function until(what: string, condition: () => boolean, limitMs: number): Promise<void> {
  if (await comesTrue(condition, limitMs)) return
  throw new FlowSyncError('network/timeout', `${what}: not within ${limitMs / 1000} s.`)
}
