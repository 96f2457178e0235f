/**
 * Carries frames to the connections that joined a stream's room: those of this hub, and those of other
 * hubs on the same storage. At most once, and best effort: whoever misses a frame pulls from the log.
 */
export interface Broadcast {
  /** Never throws: the op is durable already, and nobody waits for the hint. */
  publish(workspace: string, stream: string, frame: Uint8Array): void
}
