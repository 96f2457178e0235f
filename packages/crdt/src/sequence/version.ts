import { Column } from './column.js'

/**
 * An op's number in the order in which one state folded its ops, from 0. A local matter: two replicas
 * number the same op differently, so it never decides an order that others must agree on.
 */
export type LocalVersion = number

/**
 * A set of ops that holds with each op all that its author knew, named by its newest ops. Empty: what
 * the state began with. Naming more ops than needed is allowed and costs time.
 */
export type Version = readonly LocalVersion[]

const START: Version = Object.freeze([])

/** A column of versions. Most have one op, and those take four bytes. */
export class VersionColumn {
  /** An op, or -1 for no op, or -2 - n for the n-th of `sets`. */
  private readonly cells = new Column('int32')
  private readonly sets: Version[] = []

  get length(): number {
    return this.cells.length
  }

  push(version: Version): void {
    const [first, second] = version
    if (first === undefined) this.cells.push(-1)
    else if (second === undefined) this.cells.push(first)
    else {
      this.cells.push(-2 - this.sets.length)
      this.sets.push(version)
    }
  }

  /** @param index below `length` */
  at(index: number): Version {
    const cell = this.cells.at(index)
    if (cell >= 0) return [cell]
    return this.sets[-2 - cell] ?? START
  }
}
