import type { System } from '@flowsync/protocol'

/** Who can be asked to go. */
export interface Departing {
  readonly isGone: boolean
  /** Tells it to come back after so long, wherever it likes. */
  sendAway(reconnectAfterMs: number): void
}

const TICK_MS = 10
const MIN_RECONNECT_MS = 100
const RECONNECT_SPREAD_MS = 400

/** How many of `count` have been asked to go after a while: the first at once, the last before the time is over. Pure. */
export function departedAfter(count: number, elapsedMs: number, spreadMs: number): number {
  if (elapsedMs >= spreadMs) return count
  return Math.min(count, 1 + Math.floor((elapsedMs * count) / spreadMs))
}

/**
 * Asks everybody to go, in a random order, one after the other over `spreadMs`: the other hubs get them back as a
 * trickle. Each is served as ever until it has gone. Resolves when the time is over, earlier when nobody is left.
 */
export async function sendAway(
  everybody: readonly Departing[],
  spreadMs: number,
  system: System,
): Promise<void> {
  const order = shuffled(everybody, system)
  let lookedAtMs = system.nowMs()
  for (let asked = 0, elapsedMs = 0; ;) {
    const due = departedAfter(order.length, elapsedMs, spreadMs)
    for (; asked < due; asked++) {
      order[asked]?.sendAway(MIN_RECONNECT_MS + Math.floor(system.random() * RECONNECT_SPREAD_MS))
    }
    if (elapsedMs >= spreadMs || order.every(({ isGone }) => isGone)) return
    await new Promise<void>((resolve) => system.setTimer(TICK_MS, resolve))
    // A clock that is set back must not keep the hub from going.
    elapsedMs += Math.max(TICK_MS, system.nowMs() - lookedAtMs)
    lookedAtMs = system.nowMs()
  }
}

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], system: System): Item[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(system.random() * (last + 1))
    const [a, b] = [order[last], order[other]] as [Item, Item]
    order[last] = b
    order[other] = a
  }
  return order
}
