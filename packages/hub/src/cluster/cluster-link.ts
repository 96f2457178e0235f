import type { System } from '@flowsync/protocol'
import { describeError, type HubLogger } from '../logging/logger.js'
import type { FeedNotice, HubLink } from './broadcast.js'
import {
  DEFAULT_LINK_TIMES,
  LinkMachine,
  type LinkAction,
  type LinkStep,
  type LinkTimes,
} from './link-machine.js'

/** A connection to whatever carries frames between hubs. It is used once: what failed is replaced. */
export interface LinkConnection extends HubLink {
  /** For the log, such as `sharded`; '' before it is open. */
  readonly mode: string
  /** Sends a probe the way that frames go; it comes back as `onEcho`. */
  probe(number: number): void
  /** Lets go of everything at once, also of attempts to connect. */
  close(): void
}

/** What happens on a {@link LinkConnection}. What is told after `close` is passed over. */
export interface LinkConnectionEvents {
  /** It is connected and subscribed, as far as it knows. */
  readonly onOpened: () => void
  readonly onEcho: (number: number) => void
  readonly onNotice: (notice: FeedNotice) => void
  /** It is of no more use. */
  readonly onFailed: (error: unknown) => void
}

/** What a {@link ClusterLink} works with. */
export interface ClusterLinkOptions {
  /** Begins to connect and to subscribe. */
  readonly connect: (events: LinkConnectionEvents) => LinkConnection
  readonly system: System
  readonly logger: HubLogger
  readonly onNotice: (notice: FeedNotice) => void
  /** Whether frames of other hubs arrive. False at the beginning, which is not told. */
  readonly onProven: (isProven: boolean) => void
  readonly times?: LinkTimes
}

/** The link to the other hubs of a cluster: connects, proves itself all the time, and is made anew when it fails to. */
export class ClusterLink implements HubLink {
  private readonly options: ClusterLinkOptions
  private readonly machine: LinkMachine
  private connection: LinkConnection | undefined
  private lastError: unknown
  private cancelWake: () => void = () => undefined
  private isClosed = false

  constructor(options: ClusterLinkOptions) {
    this.options = options
    const { system, times = DEFAULT_LINK_TIMES } = options
    this.machine = new LinkMachine(times, () => system.random())
  }

  /** True while a probe came back when it was last due. */
  get isProven(): boolean {
    return this.machine.isProven
  }

  /** Begins to connect. Whoever starts a hub does not wait for it. */
  start(): void {
    this.follow(this.machine.start())
  }

  send(notice: FeedNotice): void {
    this.connection?.send(notice)
  }

  close(): void {
    this.isClosed = true
    this.cancelWake()
    this.drop()
  }

  private follow({ actions, wakeAfterMs }: LinkStep): void {
    if (this.isClosed) return
    if (wakeAfterMs !== undefined) this.wakeAfter(wakeAfterMs)
    for (const action of actions) this.perform(action)
  }

  private perform(action: LinkAction): void {
    const { logger, onProven } = this.options
    switch (action.kind) {
      case 'open':
        return this.open()
      case 'probe':
        return this.connection?.probe(action.number)
      case 'drop':
        return this.drop()
      case 'lost':
        logger.warn(
          this.lastError === undefined ? {} : describeError(this.lastError),
          'the link to other hubs is lost; the storage is asked what they store until it is back',
        )
        return onProven(false)
      case 'proven':
        this.lastError = undefined
        logger.info({ mode: this.connection?.mode }, 'the link to other hubs works')
        return onProven(true)
    }
  }

  private wakeAfter(ms: number): void {
    const { system } = this.options
    this.cancelWake()
    const dueMs = system.nowMs() + ms
    this.cancelWake = system.setTimer(ms, () => this.follow(this.machine.woke(system.nowMs() - dueMs)))
  }

  private open(): void {
    let isOver = false
    const whileItLasts = (act: () => void): void => {
      if (!isOver) act()
    }
    const connection = this.options.connect({
      onOpened: () => whileItLasts(() => this.follow(this.machine.opened())),
      onEcho: (number) => whileItLasts(() => this.follow(this.machine.echoed(number))),
      onNotice: (notice) => whileItLasts(() => this.options.onNotice(notice)),
      onFailed: (error) =>
        whileItLasts(() => {
          this.lastError = error
          this.follow(this.machine.failed())
        }),
    })
    this.connection = connection
    this.drop = () => {
      isOver = true
      this.connection = undefined
      connection.close()
      this.drop = () => undefined
    }
  }

  /** Ends the connection there is, if any. */
  private drop: () => void = () => undefined
}
