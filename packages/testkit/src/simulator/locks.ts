import type { Host } from '@flowsync/core'
import type { Process } from './process.js'

/** The named locks of one device: what Web Locks are to the tabs of a browser. A dead process holds none. */
export class Locks {
  private readonly holders = new Map<string, Process>()

  /** The surroundings of one client instance on the device. */
  hostFor(process: Process): Host {
    return {
      isBrowser: true,
      isOnline: () => true,
      onNetworkChange: () => () => undefined,
      claim: (name) => Promise.resolve(this.claim(name, process)),
    }
  }

  private claim(name: string, process: Process): { release(): void } | undefined {
    if (this.holders.get(name)?.isAlive) return undefined
    this.holders.set(name, process)
    return {
      release: () => {
        if (this.holders.get(name) === process) this.holders.delete(name)
      },
    }
  }
}
