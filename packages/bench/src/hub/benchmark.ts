import type { SequentialSession } from '@flowsync/testkit/sessions'
import type { Figures } from '../report/outcome.js'
import type { OpenClient } from './client.js'
import type { PeerName } from './peers.js'
import type { ServerProcess } from './server-process.js'
import type { ServerOptions } from './server-types.js'
import type { StoreName, StoreUrls } from './stores.js'

/** A benchmark made ready for one peer: its server runs, is warm, and has its clients. */
export interface HubProbe {
  /** What to know when reading its figures, such as whether anything is durable. */
  readonly note?: string
  /**
   * One run. It looks at the results too.
   * @throws Error when one is wrong, such as a delivery that never came
   */
  run(): Promise<Figures>
}

/** Where a benchmark gets its server, its clients and its work. */
export interface Stage {
  readonly peer: PeerName
  /** Shorter and with less of everything, to see whether it works. */
  readonly isQuick: boolean
  readonly seed: number
  /** The stores that the benchmark needs. */
  readonly stores: StoreUrls
  /** Starts the peer's server in a process of its own, in an empty directory unless `directory` says otherwise. */
  startServer(options?: Partial<ServerOptions>, measuresMemory?: boolean): Promise<ServerProcess>
  /** The peer's client. */
  readonly open: OpenClient
  /** An empty directory on the disk that servers use. */
  newDirectory(): string
  /** The recorded session of one person, or a generated one of `edits` edits. */
  session(edits: number): Promise<SequentialSession>
  /** A generated session. */
  generated(edits: number): SequentialSession
}

/** One thing to do, the same for every peer that it names. */
export interface HubBenchmark {
  readonly name: string
  readonly peers: readonly PeerName[]
  /** Stores that are started for it; without them it is left out. */
  readonly needs?: readonly StoreName[]
  /** Every run gets new processes: what an earlier one left behind would count. */
  readonly isFresh?: true
  /** At most so many runs of each peer. */
  readonly mostRuns?: number
  /** Makes ready, untimed, and warms up. */
  prepare(stage: Stage): Promise<HubProbe>
}
