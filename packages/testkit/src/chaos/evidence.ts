import type { Known } from './marks.js'

/** The hub said over the wire that an op is stored at a seq. */
export interface WireAck {
  readonly stream: string
  readonly epoch: string
  readonly replica: string
  readonly counter: number
  readonly seq: number
}

/** The hub said in a handshake that it holds all ops of a replica up to a counter. */
export interface WireClaim {
  readonly stream: string
  readonly epoch: string
  readonly replica: string
  readonly through: number
}

/** The client told its user that an edit is durable: `receipt.acked` has resolved. */
export interface ReceiptAck {
  readonly author: number
  readonly stream: string
  /** Number of the edit's mark; 0 for a removal, which has none. */
  readonly n: number
  readonly seq: number
  readonly atMs: number
}

/** Edits of one author that were pushed as one batch: stored and seen together or not at all. */
export interface Batch {
  readonly author: number
  readonly stream: string
  readonly from: number
  readonly through: number
}

/** What happened to one client, in its order. */
export type HistoryEvent =
  /** It made its n-th edit, knowing this much. */
  | {
      readonly kind: 'make'
      readonly stream: string
      readonly n: number
      readonly known: Known
      readonly atMs: number
    }
  /** It was shown this much. */
  | { readonly kind: 'see'; readonly stream: string; readonly known: Known; readonly atMs: number }
  /** It was welcomed by a hub, or lost it. */
  | { readonly kind: 'link'; readonly isUp: boolean; readonly atMs: number }

/** What one author observed during a run. */
export interface History {
  readonly author: number
  readonly events: readonly HistoryEvent[]
}

/** A stream as a client has it in the end. */
export interface FinalStream {
  readonly stream: string
  readonly epoch: string
  readonly seq: number
  /** The encoded state, base64. */
  readonly state: string
  /** What the client shows, which may say more than its confirmed state: sets as lists. */
  readonly value: unknown
}

/** How an author stands. */
export interface AuthorStatus {
  readonly author: number
  readonly pendingCount: number
  readonly isLive: boolean
  /** Of the streams with nothing pending. */
  readonly seqs: Readonly<Record<string, number>>
  readonly words: string
}
