import type { HubMessage, WireError } from '@flowsync/protocol'
import type { GatewayContext } from './gateway-context.js'
import type { Session } from './session.js'

/** An open connection as those who answer its requests see it. */
export interface SessionConnection {
  readonly context: GatewayContext
  send(message: HubMessage): void
  /** Answers a request with an error. */
  refuse(id: number, error: unknown): void
  /** An error as the client is told it. What nobody expected goes to the log. */
  tell(error: unknown): WireError
  /** Ends the connection with a reason: as the answer to a request, or to none. */
  fail(error: unknown, id?: number): void
  /** Follows the stream's feed from now on. */
  join(stream: string): void
  leave(stream: string): void
  /** Closes the connection at the moment the session's token expires, unless it was renewed. */
  watchExpiry(session: Session): void
  /**
   * Runs what reads the log, one after the other: a client that asks for everything at once gets it in
   * turn, and the hub holds one answer of it at a time. A client that does not read waits until it does.
   *
   * @param bytes size of the request
   */
  readInTurn(id: number, bytes: number, read: () => Promise<void>): void
  /** Resolves once the client has read what was sent to it, or is gone. */
  mayRead(): Promise<void>
}
