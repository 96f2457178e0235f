import type { AuthorStatus, Batch, FinalStream, History, ReceiptAck, WireAck, WireClaim } from './evidence.js'

/** Who writes, and through which address. */
export interface AuthorConfig {
  readonly author: number
  /** A client of `@flowsync/core`, or somebody who speaks the protocol by hand and sends things twice. */
  readonly kind: 'client' | 'forger'
  readonly url: string
}

/** What a load process is told. */
export type LoadCommand =
  | {
      readonly type: 'start'
      readonly authors: readonly AuthorConfig[]
      /** How many there are in all processes. */
      readonly authorCount: number
      readonly secret: string
      readonly seed: string
    }
  | { readonly type: 'write' }
  | { readonly type: 'offline'; readonly author: number }
  | { readonly type: 'online'; readonly author: number }
  /** No more edits. */
  | { readonly type: 'rest' }
  | { readonly type: 'status' }
  | { readonly type: 'finish' }

/** What a load process tells. */
export type LoadReport =
  | { readonly type: 'ready' }
  | { readonly type: 'made'; readonly author: number; readonly stream: string; readonly n: number }
  | { readonly type: 'batch'; readonly batch: Batch }
  | { readonly type: 'wire-acks'; readonly acks: readonly WireAck[] }
  | { readonly type: 'wire-claims'; readonly claims: readonly WireClaim[] }
  | { readonly type: 'receipt'; readonly ack: ReceiptAck }
  | { readonly type: 'problem'; readonly text: string }
  | { readonly type: 'status'; readonly authors: readonly AuthorStatus[] }
  | {
      readonly type: 'result'
      readonly author: number
      readonly history: History
      readonly streams: readonly FinalStream[]
    }
  | { readonly type: 'finished' }
