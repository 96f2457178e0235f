/** How far a frame of the feed goes. */
export interface FeedEnd {
  readonly epoch: string
  /** Seq of the last op in the frame. */
  readonly seq: number
}

/**
 * Carries frames to the connections of this hub that joined a stream's room. At most once, and best effort:
 * whoever misses a frame pulls from the log.
 */
export interface Broadcast {
  /**
   * Never throws: the op is durable already, and nobody waits for the hint.
   * @param end how far the frame goes, for those who pass it on without reading it
   */
  publish(workspace: string, stream: string, frame: Uint8Array, end: FeedEnd): void
}

/** A frame of the feed on its way from one hub to the others. */
export interface FeedNotice extends FeedEnd {
  readonly workspace: string
  readonly stream: string
  readonly frame: Uint8Array
}

/** Carries frames to the other hubs on the same storage. At most once, and best effort. */
export interface HubLink {
  /** Never throws and never waits. */
  send(notice: FeedNotice): void
}
