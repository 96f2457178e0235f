import { createError } from '@flowsync/protocol'
import type { Line } from './line.js'
import type { Link } from './link.js'

/** A stream of which nothing was heard for this long is asked for its head. */
const QUIET_MS = 2_000
const TICK_MS = 500

/** What is looked at from time to time. */
export interface Pulse {
  /** Whether an answer is overdue. */
  readonly isOverdue: () => boolean
  readonly lines: () => Iterable<Line>
  readonly onQuiet: (lines: readonly Line[]) => void
}

/**
 * Looks twice a second for an answer that does not come, which breaks the connection, and for streams that have gone
 * quiet. A feed is a hint that may be lost: found so early, a loss is made good within 5 s on slow networks too. Returns what ends it.
 */
export function startHeartbeat(link: Link, { isOverdue, lines, onQuiet }: Pulse): () => void {
  const { system } = link
  const tick = (): void => {
    cancel = system.setTimer(TICK_MS, tick)
    if (isOverdue()) {
      link.onBroken(createError('network/timeout', 'The hub did not answer in time.'))
      return
    }
    const nowMs = system.nowMs()
    const quiet = [...lines()].filter(
      ({ phase, isPulling, heardMs }) => phase === 'open' && !isPulling && nowMs - heardMs >= QUIET_MS,
    )
    for (const line of quiet) line.heardMs = nowMs
    onQuiet(quiet)
  }
  let cancel = system.setTimer(TICK_MS, tick)
  return () => cancel()
}
