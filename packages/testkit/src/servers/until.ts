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

const LOOK_EVERY_MS = 50

/**
 * Resolves once a condition that is looked at again and again holds.
 * @throws FlowSyncError `network/timeout` with `what` when it does not within `limitMs`
 */
export async function until(what: string, condition: () => boolean, limitMs: number): Promise<void> {
  const deadlineMs = performance.now() + limitMs
  while (!condition()) {
    if (performance.now() > deadlineMs) {
      throw new FlowSyncError('network/timeout', `${what}: not within ${limitMs / 1000} s.`)
    }
    await pause(LOOK_EVERY_MS)
  }
}
