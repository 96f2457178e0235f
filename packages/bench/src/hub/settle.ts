const POLL_MS = 2

/**
 * Resolves once a condition holds, with how long it took.
 * @throws Error naming what was waited for, when it does not within the time, or when `failure` has something to say
 */
export async function until(
  what: () => string,
  condition: () => boolean,
  timeoutMs: number,
  failure: () => Error | undefined = () => undefined,
): Promise<void> {
  const startedAt = performance.now()
  while (!condition()) {
    const error = failure()
    if (error) throw error
    if (performance.now() - startedAt > timeoutMs) throw new Error(`${what()} within ${timeoutMs / 1000} s`)
    await delay(POLL_MS)
  }
}

/** Resolves after a while. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** @throws Error when a promise takes longer */
export async function within<T>(what: string, timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${timeoutMs / 1000} s`)), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Where clients report what goes wrong with them, to be thrown where somebody waits. */
export class Trouble {
  /** The first thing that went wrong. */
  error: Error | undefined
  private reject: (error: Error) => void = () => undefined
  private readonly happened = new Promise<never>((_, reject) => (this.reject = reject))

  constructor() {
    // Whether or not anybody waits.
    this.happened.catch(() => undefined)
  }

  /** For `onFailure`. */
  readonly report = (error: Error): void => {
    this.error ??= error
    this.reject(error)
  }

  /** @throws Error the first trouble, or that `work` takes longer */
  during<T>(what: string, timeoutMs: number, work: Promise<T>): Promise<T> {
    return within(what, timeoutMs, Promise.race([work, this.happened]))
  }
}
