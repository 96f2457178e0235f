import type { Unit } from './format.js'
import type { Target } from './verdict.js'

/** One line of a table: a figure of a benchmark, and what FlowSync wants to reach there. */
export interface Row<Name extends string = string, Group extends string = string> {
  /** What `--rows` and quoted figures call it. */
  readonly id: string
  readonly title: string
  /** What gives its figure. */
  readonly benchmark: string
  /** The figure of the benchmark that this row shows. */
  readonly metric: string
  readonly unit: Unit
  /** The chart it is drawn in. */
  readonly group: Group
  readonly targets: readonly Target<Name>[]
  /** Where the most is the best, as with rates. */
  readonly isMoreBetter?: true
}
