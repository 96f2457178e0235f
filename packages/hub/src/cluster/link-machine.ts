/** How patient a link is. */
export interface LinkTimes {
  /** From an echo to the next probe. */
  readonly probeEveryMs: number
  /** How long a probe may take to come back. */
  readonly echoWithinMs: number
  /** How long it may take to connect and subscribe. */
  readonly openWithinMs: number
}

/** What is to be done about the connection. */
export type LinkAction =
  /** Make a new connection with all its subscriptions. */
  | { readonly kind: 'open' }
  /** Send the probe with this number. */
  | { readonly kind: 'probe'; readonly number: number }
  /** Let go of the connection, whatever it is doing. */
  | { readonly kind: 'drop' }
  /** Said once: what other hubs send does not come from now on. */
  | { readonly kind: 'lost' }
  /** Said once: it comes again. */
  | { readonly kind: 'proven' }

/** What follows from an event. */
export interface LinkStep {
  readonly actions: readonly LinkAction[]
  /** When to call `woke`; the former time is void. Absent: as before. */
  readonly wakeAfterMs?: number
}

/** Patient with a machine that is busy: how late readers hear of news depends on the poller alone. */
export const DEFAULT_LINK_TIMES: LinkTimes = { probeEveryMs: 1_000, echoWithinMs: 2_000, openWithinMs: 3_000 }

const NOTHING: LinkStep = { actions: [] }
const MAX_RETRY_MS = 2_000
const FIRST_RETRY_MS = 50
/** A timer this late says that this process stood still, and what came meanwhile was not read. */
const STALLED_MS = 250

type Phase =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'probing'; readonly number: number; isExcused: boolean }
  | { readonly kind: 'idle' }

/**
 * Decides whether what other hubs publish arrives here. A connection proves nothing: Redis clients have come back
 * without their subscriptions, and a server that stands still keeps its sockets. So a probe goes out again and again
 * the way that frames go, and the link counts as lost when one does not come back. Then everything is made anew.
 *
 * Durations only, no clock: a clock that jumps neither loses a link nor keeps a dead one.
 */
export class LinkMachine {
  private readonly times: LinkTimes
  private readonly random: () => number
  private phase: Phase = { kind: 'waiting' }
  private proven = false
  private isToldLost = false
  private attempt = 0
  private lastNumber = 0

  /** @param random 0 to 1, for jitter: hubs that lost Redis at the same time do not come back at the same time */
  constructor(times: LinkTimes, random: () => number) {
    this.times = times
    this.random = random
  }

  get isProven(): boolean {
    return this.proven
  }

  start(): LinkStep {
    return this.open()
  }

  /** The connection is there and subscribed. */
  opened(): LinkStep {
    return this.phase.kind === 'opening' ? this.probe() : NOTHING
  }

  /** The connection failed, was refused, or ended. */
  failed(): LinkStep {
    if (this.phase.kind === 'waiting') return NOTHING
    const actions: LinkAction[] = [{ kind: 'drop' }]
    if (!this.isToldLost) actions.push({ kind: 'lost' })
    this.isToldLost = true
    this.proven = false
    this.phase = { kind: 'waiting' }
    return { actions, wakeAfterMs: this.retryMs() }
  }

  /** A probe came back. */
  echoed(number: number): LinkStep {
    if (this.phase.kind !== 'probing' || this.phase.number !== number) return NOTHING
    this.phase = { kind: 'idle' }
    this.attempt = 0
    this.isToldLost = false
    const wasProven = this.proven
    this.proven = true
    return { actions: wasProven ? [] : [{ kind: 'proven' }], wakeAfterMs: this.times.probeEveryMs }
  }

  /**
   * The time that was asked for has passed.
   * @param lateMs how much later than asked for
   */
  woke(lateMs: number): LinkStep {
    const { phase } = this
    switch (phase.kind) {
      case 'waiting':
        return this.open()
      case 'opening':
        return this.failed()
      case 'idle':
        return this.probe()
      case 'probing':
        if (lateMs < STALLED_MS || phase.isExcused) return this.failed()
        phase.isExcused = true
        return { actions: [], wakeAfterMs: this.times.echoWithinMs }
    }
  }

  private open(): LinkStep {
    this.phase = { kind: 'opening' }
    return { actions: [{ kind: 'open' }], wakeAfterMs: this.times.openWithinMs }
  }

  private probe(): LinkStep {
    const number = ++this.lastNumber
    this.phase = { kind: 'probing', number, isExcused: false }
    return { actions: [{ kind: 'probe', number }], wakeAfterMs: this.times.echoWithinMs }
  }

  /** The first attempt follows at once: most connections that end can be made anew. */
  private retryMs(): number {
    const attempt = this.attempt++
    if (attempt === 0) return 0
    const mostMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 10))
    return mostMs * (0.5 + this.random() / 2)
  }
}
