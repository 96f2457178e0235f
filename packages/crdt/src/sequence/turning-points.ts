import type { EventGraph } from './event-graph.js'
import type { Frontier, LocalVersion } from './version.js'

/**
 * Units whose authors knew all units before, as did the authors of all units since. The version just
 * before such a unit is critical (Gentle & Kleppmann, "Collaborative Text Editing with Eg-walker",
 * EuroSys 2025, section 3.5): what concurrent ops do is found out from there.
 */
export class TurningPoints {
  /** Ranges of such units, ascending: for each, where the one before it ended, and its first unit. */
  private readonly ranges: LocalVersion[] = []
  /** The unit after the last range. */
  private end = -1

  /** Adds units after all others, each of whose authors knew everything. */
  add(first: LocalVersion, count: number): void {
    if (first !== this.end) this.ranges.push(this.end, first)
    this.end = first + count
  }

  /** Forgets what an op disproves that was made at a version; returns the last turning point left, or 0. */
  settleFor(version: Frontier, graph: EventGraph): LocalVersion {
    const { ranges } = this
    let newest = -1
    for (const one of version) if (one > newest) newest = one
    while (ranges.length > 0) {
      const first = ranges[ranges.length - 1] as number
      const last = this.end - 1
      // Whoever knows one from a turning point on knows all before it.
      if (newest >= last) return last
      if (newest >= first) {
        this.end = newest + 2
        return newest + 1
      }
      if (isWithin(graph.parentsOf(first), version)) {
        this.end = first + 1
        return first
      }
      ranges.pop()
      this.end = ranges.pop() as number
    }
    return 0
  }
}

function isWithin(inner: Frontier, outer: Frontier): boolean {
  if (inner === outer) return true
  if (inner.length > outer.length) return false
  const known = outer.length > 8 ? new Set(outer) : undefined
  for (const one of inner) if (known ? !known.has(one) : !outer.includes(one)) return false
  return true
}
