import type { AnchorSource } from '../marks/anchor-source.js'
import type { EventGraph } from './event-graph.js'
import type { OpRuns } from './op-runs.js'
import { OrderedTracker } from './ordered-tracker.js'
import { VersionDifference } from './version-difference.js'
import { START } from './version.js'
import type { Frontier, LocalVersion } from './version.js'

/** The units of a sequence from a critical version on, op by op. */
export class UnitAnchors implements AnchorSource {
  readonly start: LocalVersion
  private readonly graph: EventGraph
  private readonly tracker: OrderedTracker
  private readonly difference = new VersionDifference()
  /** What to add to a local version to have the number of the unit here. */
  private readonly shift: number
  private version: Frontier = START

  /** @param start a unit before which the version is critical, the first of an op */
  constructor(start: LocalVersion, graph: EventGraph, runs: OpRuns) {
    this.start = start
    this.graph = graph
    this.tracker = new OrderedTracker(graph, runs)
    this.tracker.reset(start)
    this.shift = runs.lengthBefore(start) - start
  }

  get end(): LocalVersion {
    return this.tracker.end
  }

  prepare(op: LocalVersion, moved?: (first: number, last: number, isKnown: boolean) => void): void {
    const { graph, difference } = this
    const parents = graph.parentsOf(op)
    if (moved) {
      difference.compare(graph, this.version, parents, this.start)
      const { retreat, advance } = difference
      for (let at = 0; at < retreat.length; at += 2)
        moved(retreat[at] as number, retreat[at + 1] as number, false)
      for (let at = 0; at < advance.length; at += 2)
        moved(advance[at] as number, advance[at + 1] as number, true)
    }
    this.version = parents
    this.tracker.prepare(parents)
  }

  unitAt(position: number): number {
    return this.tracker.unitAt(position)
  }

  take(op: LocalVersion): number {
    const { graph, tracker } = this
    const end = graph.endOf(graph.runAt(op))
    while (tracker.end < end) tracker.replay(end)
    this.version = [end - 1]
    return op + this.shift
  }

  compare(a: number, b: number): number {
    return this.tracker.compare(a, b)
  }

  visit(first: number, last: number, visitor: (unit: number, length: number, shownAt: number) => void): void {
    this.tracker.visit(first, last, visitor)
  }
}
