import type { FlowSyncError } from '@flowsync/crdt'
import type { StreamDefinitions, StreamName, StreamRule, System } from '@flowsync/protocol'
import type { WipeOptions } from './client-wipe.js'
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
  /**
   * Nobody is signed in: the token function returned `null`, or `subject` is `null`. No connection, nothing polls, edits are
   * refused. `goOnline()` asks again.
   */
  | 'signed-out'
  /** The hub asked for a pause; the client comes back by itself. */
  | 'draining'
  /** After `close()` or `wipe()`, or when another tab has wiped the data; `error` is `storage/wiped` then. */
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
  /**
   * Asked for a token before each connection and again before one expires. `null` says that nobody is signed in: the
   * client disconnects at once and asks no more until `goOnline()`, or until the page becomes visible again. When it
   * rejects it is asked again later, at most once a minute in the end.
   */
  readonly token: () => Promise<string | null> | string | null
  /**
   * Whose data this is: the token's `sub`; `null` while nobody is signed in, and then the token function is not asked.
   *
   * When absent it is read from the token. Until the first token is there nothing stored can be shown, and edits are
   * kept only if that token comes at the first try; give it to start offline.
   */
  readonly subject?: string | null
  /**
   * Where edits and streams are kept. Default: in browsers IndexedDB, whose code (Dexie) is loaded when the client first needs
   * it; elsewhere `memory()`. Give `memory()` to keep nothing on the device.
   */
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
  /** Closes the connection and keeps it closed; edits queue. Whoever is signed out stays signed out. */
  goOffline(): void
  /** Connects, at once when a next attempt was being waited for; signed out, asks for a token once. */
  goOnline(): void
  /** Resolves when the client is live and every edit made so far is acknowledged; rejects with `client/closed`. */
  whenSynced(): Promise<void>
  /**
   * Takes the server's state for streams where this device knows nothing newer. Best before the streams are opened. A state
   * that was read for another subject is passed over.
   */
  hydrate(state: DehydratedState): void
  /** The confirmed state of open streams, for {@link hydrate} elsewhere. Streams with unacknowledged edits are left out. */
  dehydrate(names?: readonly string[]): DehydratedState
  /**
   * Erases the user's data of this workspace on this device, for computers that people share: call it when they sign out.
   * Afterwards this client is closed and so are those of the user's other tabs, with `storage/wiped`.
   *
   * It refuses while there are edits that the hub has not acknowledged, those of other tabs and of dead ones included, unless
   * told to send or to discard them.
   *
   * ```ts
   * await client.wipe({ unsent: 'send' })
   * ```
   * @throws FlowSyncError `storage/unsent-edits` with `details.count` and `details.streams`, also when `send` takes longer
   *   than `timeoutMs`, is aborted or has nobody signed in: nothing was erased and the client goes on. `storage/blocked` when another
   *   tab does not let go within 10 s: the client is closed, and the data goes when that tab does. `auth/subject-unknown` or
   *   `auth/signed-out` when it is not known whose data is meant
   */
  wipe(options?: WipeOptions): Promise<void>
  /** Saves what is unsaved, disconnects and stops every timer. Idempotent. */
  close(): Promise<void>
}
