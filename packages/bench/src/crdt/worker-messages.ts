import type { PeerName } from './adapters.js'
import type { WorkloadOptions } from './workload.js'

/** What a worker process is started with. */
export interface WorkerOptions {
  readonly peer: PeerName
  readonly benchmark: string
  readonly workload: WorkloadOptions
  /** The adapter as a file of its own, bundled with its library. */
  readonly bundle?: string
}
