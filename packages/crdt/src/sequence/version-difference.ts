import type { EventGraph } from './event-graph.js'
import type { Frontier, LocalVersion } from './version.js'

const IN_FORMER = 1
const IN_NEXT = 2
const IN_BOTH = IN_FORMER | IN_NEXT

/**
 * Compares two versions: walks from their newest units to older ones, run by run, until all that is left
 * belongs to both (Gentle & Kleppmann, "Collaborative Text Editing with Eg-walker", EuroSys 2025,
 * section 3.2). Takes as long as the answer, not as long as the history.
 *
 * One object serves many comparisons, so that none allocates.
 */
export class VersionDifference {
  /** Units of the former version that are not in the next: first and last of each range, from new to old. */
  readonly retreat: LocalVersion[] = []
  /** Units of the next version that were not in the former. */
  readonly advance: LocalVersion[] = []
  /** Units still to look at, ascending, each as 4 * unit + the versions it is known to be in. */
  private readonly queue: number[] = []
  private undecided = 0

  /** @param start units before this one belong to every version */
  compare(graph: EventGraph, former: Frontier, next: Frontier, start: LocalVersion): void {
    const { queue } = this
    this.retreat.length = 0
    this.advance.length = 0
    queue.length = 0
    this.undecided = 0
    for (const version of former) this.enqueue(version, IN_FORMER, start)
    for (const version of next) this.enqueue(version, IN_NEXT, start)
    while (this.undecided > 0) {
      const entry = this.dequeue()
      const version = Math.floor(entry / 4)
      let membership = entry % 4
      while (this.newest() === version) membership |= this.dequeue() % 4
      const run = graph.runAt(version)
      const first = Math.max(graph.startOf(run), start)
      const older = this.newest()
      const until = older >= first ? older + 1 : first
      if (membership === IN_FORMER) extend(this.retreat, until, version)
      else if (membership === IN_NEXT) extend(this.advance, until, version)
      // Within the run, an older unit that is looked at belongs to what this one belongs to.
      if (until > first) this.enqueue(until - 1, membership, start)
      else if (first === graph.startOf(run)) {
        const parent = graph.singleParentOfRun(run)
        if (parent >= 0) this.enqueue(parent, membership, start)
        else if (parent < -1) {
          for (const other of graph.parentsOfRun(run)) this.enqueue(other, membership, start)
        }
      }
    }
  }

  /** The newest unit still to look at, or -1. */
  private newest(): LocalVersion {
    const { queue } = this
    return queue.length === 0 ? -1 : Math.floor((queue[queue.length - 1] as number) / 4)
  }

  private enqueue(version: LocalVersion, membership: number, start: LocalVersion): void {
    if (version < start) return
    const { queue } = this
    const entry = 4 * version + membership
    let index = queue.length
    queue.push(entry)
    while (index > 0 && (queue[index - 1] as number) > entry) {
      queue[index] = queue[index - 1] as number
      index--
    }
    queue[index] = entry
    if (membership !== IN_BOTH) this.undecided++
  }

  private dequeue(): number {
    const entry = this.queue.pop() as number
    if (entry % 4 !== IN_BOTH) this.undecided--
    return entry
  }
}

/** Adds a range of units that are older than all before. */
function extend(ranges: LocalVersion[], first: LocalVersion, last: LocalVersion): void {
  const end = ranges.length - 2
  if (end >= 0 && ranges[end] === last + 1) ranges[end] = first
  else ranges.push(first, last)
}
