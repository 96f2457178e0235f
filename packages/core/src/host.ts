/** What a client wants to know of its surroundings. All of it is hints: nothing breaks when they are wrong. */
export interface Host {
  /** True in a window or a worker. */
  readonly isBrowser: boolean
  /** False when the machine says that there is no network. */
  isOnline(): boolean
  /** Calls back when the machine gains or loses network. Returns the function that ends it. */
  onNetworkChange(listener: () => void): () => void
  /**
   * Claims `name` among all tabs of the browser until `release` is called or the tab dies. Undefined
   * when a living tab holds it. Where tabs cannot know of each other, every claim succeeds.
   */
  claim(name: string): Promise<{ release(): void } | undefined>
}

/** What is looked at; all of it may be missing. */
interface Surroundings {
  readonly document?: unknown
  readonly WorkerGlobalScope?: unknown
  readonly navigator?: { readonly onLine?: boolean; readonly locks?: LockManager }
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

/** The browser's surroundings; outside browsers there is always network and every claim succeeds. */
export function createHost(surroundings: Surroundings = globalThis): Host {
  const { navigator } = surroundings
  const isBrowser = surroundings.document !== undefined || surroundings.WorkerGlobalScope !== undefined
  const locks = isBrowser ? navigator?.locks : undefined
  return {
    isBrowser,
    isOnline: () => !isBrowser || navigator?.onLine !== false,
    onNetworkChange(listener) {
      if (!isBrowser) return () => undefined
      surroundings.addEventListener?.('online', listener)
      surroundings.addEventListener?.('offline', listener)
      return () => {
        surroundings.removeEventListener?.('online', listener)
        surroundings.removeEventListener?.('offline', listener)
      }
    },
    claim: (name) => (locks ? claimLock(locks, name) : Promise.resolve(FREE)),
  }
}

const FREE = { release: (): void => undefined }

function claimLock(locks: LockManager, name: string): Promise<{ release(): void } | undefined> {
  return new Promise((resolve) => {
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (!lock) {
        resolve(undefined)
        return undefined
      }
      return new Promise((release) => resolve({ release: () => release() }))
    }
    // A page that may not use locks (an opaque origin) is as one whose browser has none.
    locks.request(name, { ifAvailable: true }, hold).catch(() => resolve(FREE))
  })
}
