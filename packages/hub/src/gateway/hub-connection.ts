/** A connection as the engine sees it: whatever carries frames, a socket or a simulated network. */
export interface HubConnection {
  /** The peer's address, for limits; logs get it masked. */
  readonly address: string
  /** What was handed over, by `send` and through rooms, and has not left the hub yet. 0 where nothing ever waits. */
  readonly unreadBytes: number
  /** Hands a frame over. Frames arrive in order or the connection ends; there is no other promise. */
  send(frame: Uint8Array): void
  /** Ends the connection after what was sent. `onClose` follows or not; either is fine. */
  close(): void
  /** From now on the connection gets what is published to the stream `room`. */
  join(room: string): void
  leave(room: string): void
  /** The peer is known now: it may send more than a `hello`. */
  admit(): void
}

/** What the engine does with a connection's events. */
export interface ConnectionHandlers {
  /** @param bytes one whole frame, not changed afterwards */
  onFrame(bytes: Uint8Array): void
  /** Call when `unreadBytes` has changed: within `send`, when a room has added to it, and when some of it has left. */
  onUnread(hasGrown: boolean): void
  onClose(): void
}
