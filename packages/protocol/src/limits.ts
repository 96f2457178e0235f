/** The greatest seq, counter or base on the wire: 2^48 - 1. Above it a frame is malformed. */
export const MAX_ORDINAL = 2 ** 48 - 1

/** How much one frame may hold. What is above is refused before it is allocated. */
export interface DecodeLimits {
  /** The whole frame, in bytes. */
  readonly frameBytes: number
  /** All list items of the frame together: streams, batches, ops, ids. */
  readonly items: number
}

/** What a client's frame may hold unless the hub is configured otherwise. */
export const DEFAULT_LIMITS: DecodeLimits = Object.freeze({ frameBytes: 10 * 1024 * 1024, items: 200_000 })

/** What a hub's frame may hold: a snapshot travels in one piece, and a client trusts its hub. */
export const HUB_LIMITS: DecodeLimits = Object.freeze({ frameBytes: 64 * 1024 * 1024, items: 1_000_000 })

/** What a frame may hold as long as the connection has not said `hello`. */
export const HELLO_LIMITS: DecodeLimits = Object.freeze({ frameBytes: 64 * 1024, items: 1_024 })
