import type { FlowSyncError } from '@flowsync/crdt'
import type { StreamDefinitions, StreamName, StreamRule, System } from '@flowsync/protocol'
import type { DehydratedState } from './hydration.js'
import type { Host } from './host.js'
import type { Transport } from './session/transport.js'
import type { ClientStorage } from './storage/driver.js'
import type { StreamHandle } from './stream/handle-types.js'

/** Where a client stands with its hub. */
export type ClientState =
  /** No connection, by wish or until the next attempt. */
  | 'offline'
  /** Waiting for a token, a socket or the hub's welcome. */
  | 'connecting'
  /** Connected; some open stream has not caught up yet. */
  | 'syncing'
  /** Connected, and every open stream has caught up since. */
  | 'live'
  /** The token is missing, expired, refused or somebody else's; the token function is asked again with backoff. */
  | 'needs-auth'
  /** The hub asked for a pause; the client comes back by itself. */
  | 'draining'
  /** After `close()`. */
  | 'closed'

/**
 * Whether edits survive this page. `not-saved`: the disk fails and edits are kept in memory only,
 * which the user should be told; the disk is tried again from time to time.
 */
export type StorageHealth = 'opening' | 'ok' | 'not-saved'

/** All there is to show of a client. Immutable, and the same reference until something in it changes. */
export interface ClientSnapshot {
  readonly state: ClientState
  /** True while connected to the hub (`syncing` or `live`). */
  readonly isOnline: boolean
  /** Edits of this device, over all streams, that the hub has not acknowledged. */
  readonly pendingCount: number
  readonly storage: { readonly kind: string; readonly health: StorageHealth }
  /** What went wrong last with connection, authentication or storage; absent while all is well. */
  readonly error?: FlowSyncError
}

/** What {@link createClient} takes. */
export interface ClientOptions<S extends StreamDefinitions> {
  /** The hub's address, `http(s)://` or `ws(s)://`. */
  readonly url: string
  /** Default `default`. */
  readonly workspace?: string
  /** Of `defineStreams`; the hub must have been given the same. */
  readonly streams: S
  /** Asked for a token before each connection and again before one expires. May reject: it is asked again later. */
  readonly token: () => Promise<string> | string
  /**
   * Whose data this is: the token's `sub`. Read from the token when absent, which needs one before
   * anything stored can be shown; give it to start offline.
   */
  readonly subject?: string
  /** Default `memory()`. */
  readonly storage?: ClientStorage
  /**
   * Whether to connect without being asked by `goOnline()`. Default: true where there is a window or a worker, or when
   * a `transport` is given; false elsewhere, so that a client made while rendering on a server stays silent.
   */
  readonly connect?: boolean
  /** Default `socketTransport()`. */
  readonly transport?: Transport
  /** Clock, random numbers and timers. Default: the machine's. */
  readonly system?: System
  /** What is known of the surroundings: online hints and locks between tabs. Default: the browser's, where there is one. */
  readonly host?: Host
}

/** One replica of a workspace's streams. */
export interface FlowSyncClient<S extends StreamDefinitions = StreamDefinitions> {
  readonly workspace: string
  readonly streams: S
  /**
   * Opens a stream. Uses are counted: every call wants its `close()`. The same handle is returned while the stream is open.
   * @throws FlowSyncError `stream/name-invalid`, `stream/unknown` when no pattern matches, `client/closed`.
   */
  stream<const Name extends StreamName<S>>(name: Name): StreamHandle<StreamRule<S, Name>>
  getSnapshot(): ClientSnapshot
  /** Calls `listener` when the snapshot has changed. Returns the function that ends it. */
  subscribe(listener: () => void): () => void
  /** Closes the connection and keeps it closed; edits queue. */
  goOffline(): void
  /** Connects, at once when a next attempt was being waited for. */
  goOnline(): void
  /** Resolves when the client is live and every edit made so far is acknowledged; rejects with `client/closed`. */
  whenSynced(): Promise<void>
  /** Takes the server's state for streams where this device knows nothing newer. Best before the streams are opened. */
  hydrate(state: DehydratedState): void
  /** The confirmed state of open streams, for {@link hydrate} elsewhere. Streams with unacknowledged edits are left out. */
  dehydrate(names?: readonly string[]): DehydratedState
  /** Saves what is unsaved, disconnects and stops every timer. Idempotent. */
  close(): Promise<void>
}
