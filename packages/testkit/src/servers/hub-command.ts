import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The file of the `flowsync` command as it is built. */
export function hubCommand(): string {
  const manifest = createRequire(import.meta.url).resolve('@flowsync/hub/package.json')
  return join(dirname(manifest), 'dist', 'cli', 'main.js')
}

/** Whether a hub answers at this address that it is ready: it listens, does not drain, and its storage answers. */
export async function isHubReady(url: string, timeoutMs = 5_000): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(timeoutMs) })).ok
  } catch (error) {
    // Nobody listens yet, or nobody answers.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError'))
      return false
    throw error
  }
}
