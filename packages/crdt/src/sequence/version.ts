import { Column } from './column.js'

/**
 * A unit of an op, numbered in the order in which one graph took them in, from 0. A local matter: two
 * replicas number the same unit differently, so it never decides an order that others must agree on.
 */
export type LocalVersion = number

/**
 * A set of units that holds with each unit all that its author knew, named by its newest units. Empty:
 * what the graph began with. Naming more units than needed is allowed and costs time. Never changed once made.
 */
export type Frontier = readonly LocalVersion[]

/** The version that a graph began with. */
export const START: Frontier = Object.freeze([])

/** A column of frontiers. Most have one unit, and those take four bytes. */
export class FrontierColumn {
  /** A unit, or -1 for none, or -2 - n for the n-th of `sets`. */
  private readonly cells = new Column('int32')
  private readonly sets: Frontier[] = []

  get length(): number {
    return this.cells.length
  }

  push(frontier: Frontier): void {
    const [first, second] = frontier
    if (first === undefined) this.cells.push(-1)
    else if (second === undefined) this.cells.push(first)
    else {
      this.cells.push(-2 - this.sets.length)
      this.sets.push(frontier)
    }
  }

  /** @param index below `length` */
  at(index: number): Frontier {
    const cell = this.cells.at(index)
    if (cell >= 0) return [cell]
    return this.sets[-2 - cell] ?? START
  }

  /** The only unit of a frontier; -1 when it has none, below that when it has several. */
  singleAt(index: number): number {
    return this.cells.at(index)
  }
}
