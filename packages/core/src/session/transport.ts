/** What a transport connects to. */
export interface TransportTarget {
  /** The hub's address as the application gave it, such as `https://hub.example`. */
  readonly url: string
  /** Becomes the Socket.io namespace `/workspace`. */
  readonly workspace: string
}

/** What a transport tells about one connection. After `onClose` it says nothing more. */
export interface TransportHandlers {
  /** The connection is up; frames may be sent. Called at most once, never from within `connect`. */
  readonly onOpen: () => void
  /** One whole message of the hub. */
  readonly onFrame: (frame: Uint8Array) => void
  /** The connection is gone or was never made, for a reason in a few words. Called once, never after `close`. */
  readonly onClose: (reason: string) => void
}

/** One connection, from `connect` until it is closed by either side. */
export interface Connection {
  /** Queues one message. Frames arrive in order or the connection is closed. Without effect once closed. */
  send(frame: Uint8Array): void
  /** Ends the connection; no handler is called afterwards. */
  close(): void
}

/** Makes connections. It never reconnects by itself: the session decides when. */
export interface Transport {
  connect(target: TransportTarget, handlers: TransportHandlers): Connection
}
