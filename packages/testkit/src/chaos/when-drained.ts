import { pause } from '../servers/until.js'
import type { AuthorStatus } from './evidence.js'
import type { Fleet } from './fleet.js'
import type { Ledger } from './ledger.js'
import { nowMs } from './now.js'

const ASK_EVERY_MS = 100

/**
 * Resolves with the milliseconds until nobody has anything to send and all clients are equally far in every stream, at least as far as anything was acknowledged.
 * Undefined when that takes longer than `limitMs`.
 */
export async function whenDrained(
  fleet: Fleet,
  ledger: Ledger,
  limitMs: number,
): Promise<number | undefined> {
  const startedMs = nowMs()
  for (;;) {
    fleet.askStatus()
    await pause(ASK_EVERY_MS)
    const tookMs = nowMs() - startedMs
    if (isDrained(fleet.authorStatuses, fleet.authorCount, headsOf(ledger))) return tookMs
    if (tookMs > limitMs) return undefined
  }
}

/** The highest seq that was acknowledged in each stream. */
function headsOf(ledger: Ledger): ReadonlyMap<string, number> {
  return new Map(
    [...ledger.streams].map(([stream, { acks }]) => [
      stream,
      Math.max(0, ...[...acks.values()].map(({ seq }) => seq)),
    ]),
  )
}

function isDrained(
  statuses: readonly AuthorStatus[],
  count: number,
  heads: ReadonlyMap<string, number>,
): boolean {
  if (statuses.length < count) return false
  if (!statuses.every(({ pendingCount, isLive }) => pendingCount === 0 && isLive)) return false
  const clients = statuses.filter(({ seqs }) => Object.keys(seqs).length > 0)
  return [...heads].every(([stream, head]) => {
    const seqs = clients.map((client) => client.seqs[stream] ?? -1)
    return seqs.every((seq) => seq >= head && seq === seqs[0])
  })
}
