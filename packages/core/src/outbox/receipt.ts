/** Where the hub put an edit. */
export interface Acknowledgement {
  /** Place in the stream; for an edit that changed nothing, the last place known when it was made. */
  readonly seq: number
}

/**
 * What becomes of one edit.
 *
 * Both promises may be left unobserved: their rejection is never an unhandled one. They reject with a
 * `FlowSyncError`.
 */
export interface Receipt {
  /** Names the edit within this client. */
  readonly id: string
  /** Resolves once the edit is on this device's disk; rejects with a `storage/` code when it will not be. */
  readonly saved: Promise<void>
  /** Resolves once the edit is durable on the hub; rejects when the hub refused it and it was taken back. */
  readonly acked: Promise<Acknowledgement>
}
