import type { SessionEdit } from '@flowsync/testkit/sessions'

/** How a client connects, and whom it tells what. */
export interface ClientOptions {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly document: string
  /** Names it as an author, from 1. */
  readonly author: number
  /** Default `default`; only FlowSync has workspaces. */
  readonly workspace?: string
  /** What {@link RawClient.version} of an earlier client gave: it connects as one that has all of that. */
  readonly have?: unknown
  /** Edits arrived, contiguous; those of one author are numbered from 1. */
  readonly onEdits?: (first: number, through: number) => void
  /** So many more of its own edits were acknowledged, in their order. */
  readonly onAcknowledged?: (count: number) => void
  /** The connection ended unasked, or something arrived that should not. */
  readonly onFailure: (error: Error) => void
}

/**
 * A connection that speaks a peer's protocol on a bare socket: it keeps no document, so that what is measured is the
 * server.
 */
export interface RawClient {
  /** Resolves once it has joined the document and has everything. */
  readonly ready: Promise<void>
  /** Sends its edits with these numbers, as the peer's own client would: one character each, one after the other. */
  send(first: number, through: number): void
  /** What it has now, for `have`. */
  version(): unknown
  /** The text that it was given when it joined. */
  text?(): string
  /** How many bytes of the document it was given when it joined. */
  joinedBytes?(): number
  /** Whether the server has put off work that will make the next join cheaper; undefined where it never does. */
  expectsLess?(): boolean
  /** Is told of no edits any more, and may send on. */
  mute?(): Promise<void>
  /** How many edits the server has stored durably. */
  stored?(): Promise<number>
  /** Makes the document one that a session gives. Resolves once the server has all of it. */
  fill?(edits: readonly SessionEdit[]): Promise<void>
  close(): void
}

/** Opens a connection of one peer. */
export type OpenClient = (options: ClientOptions) => RawClient
