import type { Bus } from './bus.js'
import type { EventLog } from './event-log.js'
import type { HubStore } from './hub-store.js'
import type { Ledger, LedgerEntry } from './ledger.js'
import type { Network } from './network.js'
import type { Random } from './random.js'
import type { Scheduler } from './scheduler.js'
import type { TokenService } from './tokens.js'

/** Ways to break what the simulated world guarantees, to see that the checks notice. */
export type Sabotage =
  /** The hub's disk reports writes as durable and loses the last of them in a crash. */
  | 'hub-disk-lies'
  /** The disks of clients report transactions as durable and store nothing. */
  | 'client-disks-lie'
  /** One client folds counters in its own way. */
  | 'client-folds-otherwise'
  /** Nothing that clients ask the log for reaches the hub, and neither does anything on the bus reach them. */
  | 'pulls-are-lost'

/** What everything in one simulated run shares. */
export interface Environment {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly log: EventLog
  readonly ledger: Ledger
  readonly network: Network
  /** From each hub to its clients. */
  readonly bus: Bus
  /** From hub to hub. */
  readonly hubBus: Bus
  readonly store: HubStore
  readonly tokens: TokenService
  /** What every inserted text is made longer by. */
  readonly padding: number
  readonly sabotage: Sabotage | undefined
  /** Notes something that must never happen. */
  report(problem: string): void
  /** Compares an acknowledgement, at the moment it comes, with what is on the hub's disk (G1). */
  checkAcknowledgement(entry: LedgerEntry): void
}

/** An error with where it came from, for people. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
