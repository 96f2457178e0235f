import { Column } from './column.js'
import type { EventGraph } from './event-graph.js'
import { START } from './version.js'
import type { Frontier, LocalVersion } from './version.js'

/**
 * The versions that the first n ops of a stream make, in the hub's order, for every n.
 *
 * Most have one newest unit. Where there are many, not each version is kept: those between are made again
 * from the one before, so that n ops of as many replicas who do not know one another take n units of memory, not n².
 */
export class Prefixes {
  private readonly graph: EventGraph
  /** The run of each op. */
  private readonly runs = new Column('int32')
  /** Of each version: its newest unit if it is one, else -1 - the index of the version it is made from. */
  private readonly cells = new Column('int32')
  private readonly kept = new Map<number, Frontier>()
  /** The version of all ops. */
  private readonly latest = new Set<LocalVersion>()
  private lastKept = 0
  /** The version that was asked for last. */
  private askedIndex = 0
  private asked: Frontier = START

  constructor(graph: EventGraph) {
    this.graph = graph
    this.runs.push(-1)
    this.cells.push(-1)
    this.kept.set(0, START)
  }

  /** Adds the next op of the hub's order. */
  push(run: number): void {
    const { latest, graph } = this
    for (const parent of graph.parentsOfRun(run)) latest.delete(parent)
    const last = graph.endOf(run) - 1
    latest.add(last)
    const index = this.cells.length
    this.runs.push(run)
    if (latest.size === 1) {
      this.cells.push(last)
      return
    }
    if (this.cells.at(index - 1) >= 0 || index - this.lastKept >= latest.size) {
      this.lastKept = index
      this.kept.set(index, ascending(latest))
    }
    this.cells.push(-1 - this.lastKept)
  }

  /** The version that the first ops make: as many as the index says. */
  at(index: number): Frontier {
    const cell = this.cells.at(index)
    if (cell >= 0) return [cell]
    if (index !== this.askedIndex) {
      this.asked = this.make(-1 - cell, index)
      this.askedIndex = index
    }
    return this.asked
  }

  private make(from: number, to: number): Frontier {
    const kept = this.kept.get(from) ?? START
    if (from === to) return kept
    const { graph, runs } = this
    const version = new Set(kept)
    for (let index = from + 1; index <= to; index++) {
      const run = runs.at(index)
      for (const parent of graph.parentsOfRun(run)) version.delete(parent)
      version.add(graph.endOf(run) - 1)
    }
    return ascending(version)
  }
}

/** As whatever walks a version from its newest units wants them. */
function ascending(version: ReadonlySet<LocalVersion>): Frontier {
  return [...version].sort((left, right) => left - right)
}
