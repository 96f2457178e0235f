/** What a client wants to know of its surroundings. All of it is hints: nothing breaks when they are wrong. */
export interface Host {
  /** True in a window or a worker. */
  readonly isBrowser: boolean
  /** False when the machine says that there is no network. */
  isOnline(): boolean
  /** Calls back when the machine gains or loses network. Returns the function that ends it. */
  onNetworkChange(listener: () => void): () => void
  /** Calls back when a hidden page is looked at again. Returns the function that ends it. Absent where nothing is hidden. */
  onVisible?(listener: () => void): () => void
  /**
   * Claims `name` among all tabs of the browser until `release` is called or the tab dies. Undefined
   * when a living tab holds it. Where tabs cannot know of each other, every claim succeeds. `release` may return a promise of
   * when the name is free again.
   */
  claim(name: string): Promise<Claim | undefined>
}

/** A name that is held. */
export interface Claim {
  release(): void | Promise<void>
}

/** What is looked at; all of it may be missing. */
interface Surroundings {
  readonly document?: VisibleDocument | undefined
  readonly WorkerGlobalScope?: unknown
  readonly navigator?: { readonly onLine?: boolean; readonly locks?: LockManager }
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

interface VisibleDocument {
  readonly visibilityState?: string
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
    onVisible(listener) {
      const { document } = surroundings
      const onChange = (): void => {
        if (document?.visibilityState === 'visible') listener()
      }
      document?.addEventListener?.('visibilitychange', onChange)
      return () => document?.removeEventListener?.('visibilitychange', onChange)
    },
    claim: (name) => (locks ? claimLock(locks, name) : Promise.resolve(FREE)),
  }
}

const FREE: Claim = { release: () => undefined }

function claimLock(locks: LockManager, name: string): Promise<Claim | undefined> {
  return new Promise((resolve) => {
    let release: () => void = () => undefined
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (!lock) {
        resolve(undefined)
        return undefined
      }
      const held = new Promise<void>((end) => {
        release = end
      })
      resolve({
        async release() {
          release()
          await settled
        },
      })
      return held
    }
    // A page that may not use locks (an opaque origin) is as one whose browser has none.
    const settled = locks.request(name, { ifAvailable: true }, hold).then(
      () => undefined,
      () => resolve(FREE),
    )
  })
}
