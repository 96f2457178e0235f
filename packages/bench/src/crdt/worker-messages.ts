import type { PeerName } from './adapters.js'
import type { Figures } from './benchmark.js'
import type { WorkloadOptions } from './workload.js'

/** What a worker process is started with. */
export interface WorkerOptions {
  readonly peer: PeerName
  readonly benchmark: string
  readonly workload: WorkloadOptions
  /** The adapter as a file of its own, bundled with its library. */
  readonly bundle?: string
}

/** What a worker process says: first whether it can, then one answer to each message it gets. */
export type WorkerReply =
  | { readonly kind: 'ready'; readonly edits?: number; readonly note?: string }
  | { readonly kind: 'lacks'; readonly reason: string }
  | { readonly kind: 'ran'; readonly figures: Figures; readonly wallMs: number }
  | { readonly kind: 'failed'; readonly message: string }
