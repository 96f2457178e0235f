import type { StreamCursor } from '@flowsync/protocol'
import type { Line } from './line.js'
import type { SentBatch } from './pusher.js'

/** What is remembered of a request until it is answered. */
export type Request =
  | { readonly kind: 'subscribe'; readonly asked: readonly Asked[] }
  | { readonly kind: 'push'; readonly sent: readonly SentBatch[] }
  | { readonly kind: 'pull'; readonly line: Line }
  | { readonly kind: 'unsubscribe' }

/** One stream of a handshake. */
export interface Asked {
  readonly line: Line
  readonly cursor: StreamCursor
  /** No own op was under way. */
  readonly isExact: boolean
}
