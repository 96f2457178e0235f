import type { FlowSyncError } from '@flowsync/crdt'

/**
 * Whether a stream's value can be shown.
 *
 * `loading`: neither this device nor the hub has answered yet; offline with nothing stored it stays so.
 * `ready`: the value is what this device knows. `failed`: the hub refused the stream; see `error`.
 */
export type StreamStatus = 'loading' | 'ready' | 'failed'

/** What the hub last said this client may do; `unknown` until it was asked, and `read` while nobody is signed in. */
export type StreamAccess = 'read' | 'write' | 'unknown'

/** All there is to show of a stream. Immutable, and the same reference until something in it changes. */
export interface StreamSnapshot<Value> {
  /** With this client's own edits folded in at once. */
  readonly value: Value
  readonly status: StreamStatus
  /** False while the value holds nothing the hub ever said: an empty text may then be a text not yet seen. */
  readonly isSynced: boolean
  readonly access: StreamAccess
  /** Own edits that the hub has not acknowledged. */
  readonly pendingCount: number
  /** Why the stream failed, or why the last edit was taken back; absent once an edit is acknowledged again. */
  readonly error?: FlowSyncError
}
