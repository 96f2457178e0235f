/** Bounds of {@link nextDelayMs}. */
export interface BackoffOptions {
  /** The longest wait before the second attempt. */
  readonly baseMs: number
  /** The longest wait of all. */
  readonly capMs: number
}

/**
 * How long to wait before attempt `attempt` (0 for the first retry): anything between 0 and
 * min(capMs, baseMs * 2^attempt), evenly spread. Full jitter, as in Marc Brooker's "Exponential
 * Backoff And Jitter" (AWS, 2015): a thousand clients that lost one hub come back spread out.
 *
 * @param random from 0 up to, not including, 1
 */
export function nextDelayMs(attempt: number, random: number, { baseMs, capMs }: BackoffOptions): number {
  return Math.floor(random * Math.min(capMs, baseMs * 2 ** attempt))
}
